using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Torch.Tests;

/// <summary>Every managed kernel computes what PyTorch's library computes.</summary>
public sealed class KernelOracleTests
{
    private const float Tolerance = 1e-6f;

    private static readonly TorchEngine Torch = new();

    private static readonly int[][] HiddenSizes = [[1, 1, 1], [1, 3, 7], [3, 7, 33], [7, 33, 128], [33, 128, 1], [128, 1, 3], [128, 64, 32]];

    public static TheoryData<string, int[]> Shapes => new MatrixTheoryData<string, int[]>(CryptoLstm.Kernels, HiddenSizes);

    public static TheoryData<string> Kernels => [.. CryptoLstm.Kernels];

    public static TheoryData<string, string> Goldens => new MatrixTheoryData<string, string>(["ALPHA", "BRAVO", "CHARLIE", "DELTA"], CryptoLstm.Kernels);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AnySizes_AgreeWithTorch(string kernel, int[] hiddenSizes)
    {
        var random = new RandomModel(seed: 21);
        var weights = random.Weights(hiddenSizes);
        foreach (var steps in new[] { 1, 2, 7, 33, 90, 200 })
        {
            AssertAgree(weights, kernel, random.Uniform(steps * RandomModel.Inputs, 3));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ManyWindows_AgreeWithTorch(string kernel, int[] hiddenSizes)
    {
        var random = new RandomModel(seed: 22);
        var weights = random.Weights(hiddenSizes);
        foreach (var (count, steps) in new[] { (1, 1), (2, 200), (15, 33), (33, 7) })
        {
            var windows = random.Uniform(count * steps * RandomModel.Inputs, 3);
            AssertClose.Equal(RunMany(Torch.Create(weights), windows, count), RunMany(CryptoLstm.Create(weights, kernel), windows, count), Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void EveryStepCountUpTo200_AgreesWithTorch(string kernel)
    {
        var random = new RandomModel(seed: 23);
        var weights = random.Weights(9, 5, 3);
        for (var steps = 1; steps <= 200; steps++)
        {
            AssertAgree(weights, kernel, random.Uniform(steps * RandomModel.Inputs, 3));
        }
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void GoldenCheckpoint_AgreesWithTorch(string name, string kernel)
    {
        float[] window = [.. Golden.Expected(name).GetProperty("standardised_window").EnumerateArray().Select(value => value.GetSingle())];

        AssertAgree(CheckpointReader.Read(Golden.CheckpointPath(name)).Weights, kernel, window);
    }

    private static void AssertAgree(CryptoLstmWeights weights, string kernel, float[] window)
    {
        var expected = Run(Torch.Create(weights), window);
        var actual = Run(CryptoLstm.Create(weights, kernel), window);
        AssertClose.Equal(expected.Hidden, actual.Hidden, Tolerance);
        AssertClose.Equal(expected.Probabilities, actual.Probabilities, Tolerance);
    }

    private static (float[] Hidden, float[] Probabilities) Run(ICryptoLstm model, float[] window)
    {
        var hidden = new float[model.HiddenSizes.Sum()];
        var probabilities = new float[3];
        model.Forward(window, probabilities, hidden);
        return (hidden, probabilities);
    }

    private static float[] RunMany(ICryptoLstm model, float[] windows, int count)
    {
        var probabilities = new float[count * 3];
        model.ForwardMany(windows, count, probabilities);
        return probabilities;
    }
}
