import CKernels
import Testing

@Suite struct T { @Test func a() { #expect(ck_supports(CK_PORTABLE)); print(String(cString: ck_variant_name(ck_current_variant()))) } }
