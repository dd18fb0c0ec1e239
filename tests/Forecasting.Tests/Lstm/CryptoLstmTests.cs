using System.Runtime.Intrinsics;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Tests.Lstm;

public sealed class CryptoLstmTests
{
    public static TheoryData<string> Kernels => [.. CryptoLstm.Kernels];

    [Fact]
    public void NoKernelNamed_TakesTheWidestTheCpuHas()
    {
        var expected = Vector512.IsHardwareAccelerated ? "vector512.2"
            : Vector256.IsHardwareAccelerated ? "vector256.2"
            : Vector128.IsHardwareAccelerated ? "vector128.2"
            : "scalar";
        Assert.Equal(expected, CryptoLstm.Create(new RandomModel(1).Weights(3, 2, 1)).Kernel);

        // whoever reruns these tests with CPU features switched off says what that must lead to
        var demanded = Environment.GetEnvironmentVariable("EXPECTED_LSTM_KERNEL");
        Assert.Equal(demanded ?? expected, CryptoLstm.FastestKernel);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void KernelNamed_IsTaken(string kernel)
    {
        var model = CryptoLstm.Create(new RandomModel(1).Weights(5, 4, 3), kernel);
        Assert.Equal(kernel, model.Kernel);
        Assert.Equal(20, model.Inputs);
        Assert.Equal([5, 4, 3], model.HiddenSizes);
    }

    [Fact]
    public void UnknownKernel_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => CryptoLstm.Create(new RandomModel(1).Weights(3, 2, 1), "cuda"));
        Assert.Contains("'cuda'", error.Message, StringComparison.Ordinal);
        Assert.Contains("vector512.2, vector256.2, vector128.2, scalar", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void WrongLengths_AreRefusedWithActualAndExpected(string kernel)
    {
        var model = CryptoLstm.Create(new RandomModel(1).Weights(3, 2, 1), kernel);
        AssertRefused("The window has 41 values, expected a positive multiple of 20.", () => model.Forward(new float[41], new float[3]));
        AssertRefused("The window has 0 values, expected a positive multiple of 20.", () => model.Forward([], new float[3]));
        AssertRefused("There is room for 2 probabilities, expected 3.", () => model.Forward(new float[40], new float[2]));
        AssertRefused("There is room for 5 hidden units, expected 6 or none.", () => model.Forward(new float[40], new float[3], new float[5]));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void WeightsThatDoNotFit_AreRefusedWithActualAndExpected(string kernel)
    {
        var weights = new RandomModel(1).Weights(3, 2, 1);
        var second = weights.Layers[1];
        void Refused(string message, LstmLayerWeights layer) => AssertRefused(
            message, () => CryptoLstm.Create(weights with { Layers = [weights.Layers[0], layer, weights.Layers[2]] }, kernel));

        Refused("The model has 4 lstm2 inputs, expected 3.", second with { Inputs = 4 });
        Refused("The model has 0 lstm2 hidden units, expected at least 1.", second with { Hidden = 0 });
        Refused("The model has 23 lstm2 weight_ih values, expected 24.", second with { InputWeights = new float[23] });
        Refused("The model has 17 lstm2 weight_hh values, expected 16.", second with { RecurrentWeights = new float[17] });
        Refused("The model has 7 lstm2 bias_ih values, expected 8.", second with { InputBias = new float[7] });
        Refused("The model has 9 lstm2 bias_hh values, expected 8.", second with { RecurrentBias = new float[9] });
        AssertRefused("The model has no LSTM layer", () => CryptoLstm.Create(weights with { Layers = [] }, kernel));
        AssertRefused("The model has 15 fc2 inputs, expected 16.", () => CryptoLstm.Create(weights with { Fc2 = weights.Fc2 with { Inputs = 15 } }, kernel));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void NotANumberInTheWindow_NeverGivesAPlausibleAnswer(string kernel)
    {
        var random = new RandomModel(2);
        var model = CryptoLstm.Create(random.Weights(33, 8, 3), kernel);
        var probabilities = new float[3];
        var window = random.Uniform(10 * RandomModel.Inputs, 1);
        window[77] = float.NaN;
        model.Forward(window, probabilities);
        Assert.All(probabilities, p => Assert.True(float.IsNaN(p)));

        window[77] = 0;
        model.Forward(window, probabilities);
        Assert.Equal(1, probabilities.Sum(), 1e-5f);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void WarmedUp_AllocatesNothing(string kernel)
    {
        var random = new RandomModel(3);
        var model = CryptoLstm.Create(random.Weights(33, 8, 3), kernel);
        var window = random.Uniform(90 * RandomModel.Inputs, 1);
        var probabilities = new float[3];
        var hidden = new float[44];
        model.Forward(window, probabilities, hidden);
        var windows = random.Uniform(6 * window.Length, 1);
        var many = new float[6 * 3];
        model.ForwardMany(windows, 6, many);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            model.Forward(window, probabilities, hidden);
            model.ForwardMany(windows, 6, many);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void ConcurrentCallers_GetTheAnswersTheyWouldGetAlone(string kernel)
    {
        var random = new RandomModel(4);
        var model = CryptoLstm.Create(random.Weights(33, 8, 3), kernel);
        var windows = Enumerable.Range(1, 64).Select(steps => random.Uniform(steps * RandomModel.Inputs, 2)).ToArray();
        float[] Run(float[] window)
        {
            var probabilities = new float[3];
            model.Forward(window, probabilities);
            return probabilities;
        }

        var alone = windows.Select(Run).ToArray();
        var together = new float[windows.Length][];
        Parallel.For(0, windows.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = Run(windows[i]));
        Assert.Equal(alone, together);
    }

    private static void AssertRefused(string message, Action action) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
}
