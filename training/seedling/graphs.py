"""A whole step of learning as one CUDA graph.

A small model's step is hundreds of kernels of some microseconds each: launched one by
one from Python they take thirty milliseconds, replayed together a few.
"""

from collections.abc import Callable

import torch

Learn = Callable[[dict[str, torch.Tensor]], torch.Tensor]


class Graphs:
    """Replays `learn`, a graph for each shape of its tensors.

    `learn` does all of a step on the device, from the forward pass to the optimisers,
    and must leave the weights alone where the rate is 0. A capture runs it three times,
    so a run that is resumed begins with a little less momentum than it ended with.
    """

    def __init__(self, learn: Learn, parameters: list[torch.nn.Parameter]):
        self.learn, self.parameters = learn, parameters
        self.graphs: dict[torch.Size, torch.cuda.CUDAGraph] = {}
        self.given: dict[torch.Size, dict[str, torch.Tensor]] = {}
        self.found: dict[torch.Size, torch.Tensor] = {}

    def capture(self, idle: dict[str, torch.Tensor]) -> None:
        """`idle`: tensors whose loss weighs nothing, in the shape of later ones."""
        shape = idle["ids"].shape
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.forget()
                self.learn(idle)
        torch.cuda.current_stream().wait_stream(side)
        self.forget()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            found = self.learn(idle)
        self.graphs[shape], self.given[shape], self.found[shape] = graph, idle, found

    def forget(self) -> None:
        """Gradients belong to the graph that finds them."""
        for parameter in self.parameters:
            parameter.grad = None

    def __call__(self, tensors: dict[str, torch.Tensor]) -> torch.Tensor:
        """What `learn` returns for these."""
        shape = tensors["ids"].shape
        for name, given in self.given[shape].items():
            given.copy_(tensors[name])
        self.graphs[shape].replay()
        return self.found[shape].clone()
