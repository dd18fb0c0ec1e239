using Coinsphere.Messaging.Forecasting.Lstm;
using TorchSharp;

namespace Coinsphere.Messaging.Torch.Tests;

public sealed class TorchLstmTests
{
    private readonly ICryptoLstm _network;
    private readonly float[] _windows;

    public TorchLstmTests()
    {
        var random = new RandomModel(seed: 41);
        _network = new TorchEngine().Create(random.Weights(33, 8, 3));
        _windows = random.Uniform(7 * 30 * RandomModel.Inputs, 3);
    }

    [Fact]
    public void Network_SaysItsLibraryAndSizes()
    {
        Assert.Equal("libtorch-2.10.0", _network.Kernel);
        Assert.Equal(RandomModel.Inputs, _network.Inputs);
        Assert.Equal([33, 8, 3], _network.HiddenSizes);
    }

    [Fact]
    public void ConcurrentCallers_GetWhatEachAloneGets()
    {
        var alone = new float[7 * 3];
        for (var i = 0; i < 7; i++)
        {
            _network.Forward(Window(i), alone.AsSpan(i * 3, 3));
        }

        Parallel.For(0, 64, i =>
        {
            var probabilities = new float[3];
            _network.Forward(Window(i % 7), probabilities);
            AssertClose.Equal(alone.AsSpan(i % 7 * 3, 3).ToArray(), probabilities, 1e-6f);
            var many = new float[7 * 3];
            _network.ForwardMany(_windows, 7, many);
            AssertClose.Equal(alone, many, 1e-6f);
        });
    }

    [Fact]
    public void Passes_LeaveNoTensorBehind()
    {
        var probabilities = new float[7 * 3];
        _network.ForwardMany(_windows, 7, probabilities);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 10; i++)
        {
            _network.ForwardMany(_windows, 7, probabilities);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void LengthsThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => _network.Forward(new float[RandomModel.Inputs + 1], new float[3]));
        Assert.Throws<ArgumentException>(() => _network.ForwardMany(_windows, 7, new float[3]));
        Assert.Throws<ArgumentException>(() => new TorchEngine().Create(new RandomModel(1).Weights(3, 2) with { Layers = [] }));
    }

    private ReadOnlySpan<float> Window(int i) => _windows.AsSpan(i * 30 * RandomModel.Inputs, 30 * RandomModel.Inputs);
}
