// Quantities are exact to six places, as in the ledger of the server: whole numbers of millionths.
const PLACES = 6;
const digitsOf = (text) => text.replace(/\D/g, "");

// A comma stands only between thousands: "1,5" and "0,125" may be meant with decimals, and are no numbers (as for the server).
export const isPlain = (text) => /^\s*-?(\d*|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?\s*$/.test(String(text ?? ""));

export function exact(text) {
  const [whole, part = ""] = String(text ?? "").trim().split("."), sign = whole.startsWith("-") ? -1n : 1n;
  return sign * (BigInt(digitsOf(whole) || "0") * 10n ** BigInt(PLACES) + BigInt(digitsOf(part).padEnd(PLACES, "0").slice(0, PLACES)));
}

export function plain(value) {
  const sign = value < 0n ? "-" : "", digits = String(value < 0n ? -value : value).padStart(PLACES + 1, "0");
  return `${sign}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, "");
}

export const shown = (value) => plain(value).replace(/\B(?<!\..*)(?=(\d{3})+(?!\d))/g, ",");
export const least = (one, other) => (one < other ? one : other);
