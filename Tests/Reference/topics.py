"""Draws sequences of the data set `topics` from its definition, for Tests/DatasetsTests/Embedded/TopicsTests.swift.

Philox4x32-10 is keyed by the seed, its counter is (block, stream 7, part); numbers below a bound are Lemire's.
"""
M=0xffffffff
def philox(c,k):
    c=list(c);k=list(k)
    for _ in range(10):
        a=c[0]*0xD2511F53; b=c[2]*0xCD9E8D57
        c=[(b>>32)^c[1]^k[0], b&M, (a>>32)^c[3]^k[1], a&M]
        k=[(k[0]+0x9E3779B9)&M,(k[1]+0xBB67AE85)&M]
    return c
assert philox([0]*4,[0,0])==[0x6627e8d5,0xe169c58d,0xbc57ac4c,0x9b00dbd8]
class S:
    def __init__(s,seed,stream,sub,block): s.k=[seed&M,seed>>32];s.st=stream;s.su=sub;s.b=block;s.w=[]
    def next(s):
        if not s.w:
            s.w=philox([s.b&M,s.b>>32,s.st,s.su],s.k); s.b+=1
        return s.w.pop(0)
    def below(s,n):
        if n<=1: return 0
        p=s.next()*n
        if (p&M)<n:
            t=((1<<32)-n)%n
            while (p&M)<t: p=s.next()*n
        return p>>32
def seq(i,part,length,vocab,classes,seed=0):
    r=S(seed,7,part,i<<24); t=i%classes; first=classes if t==0 else t; own=(vocab-1-first)//classes+1
    out=[]
    for _ in range(length):
        out.append(first+classes*r.below(own) if r.below(2)==0 else 1+r.below(vocab-1))
    return out
print([seq(i,1,12,40,3) for i in range(3)])
print(seq(0,0,6,40,3,5))
