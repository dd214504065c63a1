"""What is said on papers and labels in each language of the floor: a name, and a sentence."""

NAMES = {
    "ko": "김철수",
    "en": "John Smith",
    "vi": "Nguyễn Thị Hương",
    "zh": "张伟强",
    "ne": "सुरेश श्रेष्ठ",
    "km": "សុខ ចាន់ដារ៉ា",
    "id": "Budi Santoso",
    "th": "สมชาย ใจดี",
    "my": "အောင်ကျော်မင်း",
    "uz": "Dilshod Toʻrayev",
}
SENTENCES = {
    "ko": "조립 전에 부품을 확인하고 결과를 기록하십시오. 모든 볼트의 토크를 12 Nm로 조이십시오.",
    "en": "Check the parts before assembly and write down the result. Tighten all bolts with 12 Nm.",
    "vi": "Kiểm tra các chi tiết trước khi lắp ráp và ghi lại kết quả. Siết chặt bu lông với 12 Nm.",
    "zh": "装配前请检查零件，并记录结果（合格／不合格）。所有螺栓按12 Nm的扭矩拧紧，然后通知班长。",
    "ne": "जोड्नु अघि भागहरू जाँच गर्नुहोस् र नतिजा लेख्नुहोस्। सबै बोल्टहरू १२ Nm मा कस्नुहोस्।",
    "km": "សូមពិនិត្យគ្រឿងបន្លាស់មុនពេលដំឡើង ហើយកត់ត្រាលទ្ធផល។ រឹតប៊ូឡុងទាំងអស់ដោយកម្លាំង 12 Nm។",
    "id": "Periksa komponen sebelum perakitan dan catat hasilnya. Kencangkan semua baut dengan 12 Nm.",
    "th": "ตรวจสอบชิ้นส่วนก่อนประกอบและบันทึกผลการตรวจ ขันน็อตทุกตัวด้วยแรงบิด 12 Nm",
    "my": "တပ်ဆင်ခြင်းမပြုမီ အစိတ်အပိုင်းများကို စစ်ဆေးပါ၊ ရလဒ်ကို မှတ်တမ်းတင်ပါ။ ဘို့လ်ကို 12 Nm ဖြင့် ကြပ်ပါ။",
    "uz": "Yigʻishdan oldin qismlarni tekshiring va natijani yozing. Boltlarni 12 Nm bilan torting.",
}
