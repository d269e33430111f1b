"""Makes raw-text.json: texts cut in two ways, with the scores of the CoNLL 2018 evaluator.

Run beside conll18_ud_eval.py of that shared task.
"""
import random,sys,io,contextlib,json

import conll18_ud_eval as ev
# words made up; sentences = list of tokens: (surface, [words(form,lemma,upos,xpos,feats)], spaceafter)
rnd=random.Random(7)
syll=['ba','do','ki','lu','me','no','ra','so','ti','vu','Ão','é','ß','x']
UP=['NOUN','VERB','ADJ','PUNCT']; FE=['_','Number=Sing','Case=Nom|Number=Plur','Foo=Bar|Mood=Ind','Mood=Ind']
def word(f): return (f,rnd.choice([f.lower(),'_',f]),rnd.choice(UP),rnd.choice(['A','B','_']),rnd.choice(FE))
def tok():
    s=''.join(rnd.choice(syll) for _ in range(rnd.randint(1,4)))
    if rnd.random()<.25:
        k=rnd.randint(2,3)
        if rnd.random()<.5 and len(s)>=k:
            cuts=sorted(rnd.sample(range(1,len(s)),k-1)) if len(s)>k-1 else [1]
            ps=[s[a:b] for a,b in zip([0]+cuts,cuts+[len(s)])]
        else: ps=[''.join(rnd.choice(syll) for _ in range(rnd.randint(1,2))) for _ in range(k)]
        return (s,[word(p) for p in ps])
    return (s,[word(s)])
def gen(n):
    return [[tok() for _ in range(rnd.randint(1,9))] for _ in range(n)]
def perturb(sents):
    flat=[t for s in sents for t in s]; ends=set(); i=0
    for s in sents:
        i+=len(s); ends.add(i)
    out=[];newends=[]
    j=0
    while j<len(flat):
        s,ws=flat[j]; r=rnd.random()
        if r<.12 and len(s)>1:
            c=rnd.randint(1,len(s)-1); out.append((s[:c],[word(s[:c])])); out.append((s[c:],[word(s[c:])]))
        elif r<.2 and j+1<len(flat) and (j+1) not in ends:
            t=flat[j+1]; f=s+t[0]
            if rnd.random()<.5: out.append((f,[word(f)]))
            else: out.append((f,[word(x[0]) for x in ws+t[1]]))
            j+=1
        elif r<.3: out.append((s,[word(s)]))
        elif r<.4: out.append((s,[word(x[0]) for x in ws]+([word('zu')] if rnd.random()<.5 else [])))
        else: out.append((s,[tuple(x) if rnd.random()<.8 else word(x[0]) for x in ws]))
        j+=1
        isend=j in ends
        if (isend and rnd.random()<.85) or (not isend and rnd.random()<.06): newends.append(len(out))
    if not newends or newends[-1]!=len(out): newends.append(len(out))
    res=[];a=0
    for e in newends: res.append(out[a:e]); a=e
    return [r for r in res if r]
def text(sents):
    o=''
    for s in sents:
        n=1;first=True
        for f,ws in s:
            if len(ws)>1: o+=f'{n}-{n+len(ws)-1}\t{f}'+'\t_'*8+'\n'
            for w in ws:
                o+='\t'.join([str(n),w[0],w[1],w[2],w[3],w[4],'0' if first else '1','root' if first else 'dep','_','_'])+'\n'; n+=1; first=False
        o+='\n'
    return o
cases=[]
for k in range(12):
    g=gen(rnd.randint(1,6)); p=perturb(g)
    G,P=text(g),text(p)
    r=ev.evaluate(ev.load_conllu(io.StringIO(G)),ev.load_conllu(io.StringIO(P)))
    cases.append({'gold':G,'predicted':P,'scores':{m:[r[m].gold_total,r[m].system_total,r[m].correct] for m in ['Tokens','Sentences','Words','UPOS','XPOS','UFeats','AllTags','Lemmas']}})
json.dump(cases,open('raw-text.json','w'),ensure_ascii=False,indent=0)
