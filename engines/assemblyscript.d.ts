/** The paytables of the games are read by both languages; these are the AssemblyScript types that they use. */
type i32 = number;
