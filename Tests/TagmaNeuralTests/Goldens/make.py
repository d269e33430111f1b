"""Golden values of recurrent layers, with gradients:  python make.py > recurrent.json"""
import json, sys
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(7)
cases = []
for kind in ("lstm", "gru", "elman-tanh", "elman-relu"):
    for lengths in ([4, 2, 1], [3], [1, 1]):
        I, H, N, T = 3, 2, len(lengths), max(lengths)
        make = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.get(kind)
        net = make(I, H, bidirectional=True) if make else torch.nn.RNN(
            I, H, bidirectional=True, nonlinearity=kind[6:])
        x = torch.randn(T, N, I, requires_grad=True)
        w = torch.randn(T, N, 2 * H)
        packed = pack_padded_sequence(x, torch.tensor(lengths))
        y, _ = net(packed)
        weights = pack_padded_sequence(w, torch.tensor(lengths))
        (y.data * weights.data).sum().backward()
        dx = pack_padded_sequence(x.grad, torch.tensor(lengths)).data
        cases.append({
            "kind": kind, "lengths": lengths, "inputSize": I, "hiddenSize": H,
            "x": packed.data.detach().flatten().tolist(), "y": y.data.detach().flatten().tolist(),
            "weights": weights.data.flatten().tolist(), "dx": dx.flatten().tolist(),
            "parameters": {k: p.detach().flatten().tolist() for k, p in net.named_parameters()},
            "gradients": {k: p.grad.flatten().tolist() for k, p in net.named_parameters()},
        })
json.dump({"command": "python make.py > recurrent.json", "torch": torch.__version__,
           "python": sys.version.split()[0], "cases": cases}, sys.stdout)
