using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Tests.Lstm;

/// <summary>Every vector kernel gives what the plain formulas give.</summary>
public sealed class KernelAgreementTests
{
    private const float Tolerance = 1e-5f;

    private static readonly int[][] HiddenSizes =
        [[1, 1, 1], [3, 7, 1], [7, 3, 8], [8, 8, 8], [33, 8, 3], [1, 33, 7], [128, 64, 32], [48, 24, 12], [33, 128, 33], [17], [5, 16, 15, 4]];

    public static TheoryData<string, int[]> Shapes => new MatrixTheoryData<string, int[]>(CryptoLstm.Kernels.SkipLast(1), HiddenSizes);

    public static TheoryData<string> VectorKernels => [.. CryptoLstm.Kernels.Where(kernel => kernel != "scalar")];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AnyHiddenSizesAndSteps_AgreeWithScalar(string kernel, int[] hiddenSizes)
    {
        var random = new RandomModel(seed: 11);
        var weights = random.Weights(hiddenSizes);
        foreach (var steps in new[] { 1, 2, 3, 4, 5, 7, 90 })
        {
            AssertAgree(weights, kernel, random.Uniform(steps * RandomModel.Inputs, 3));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ManyWindows_AgreeWithEachAlone(string kernel, int[] hiddenSizes)
    {
        var random = new RandomModel(seed: 15);
        var model = CryptoLstm.Create(random.Weights(hiddenSizes), kernel);
        foreach (var (steps, count) in new[] { (1, 4), (3, 9), (30, 1), (30, 2), (30, 3), (30, 6), (30, 7), (3, 8), (2, 33), (2, 66), (90, 5), (90, 0) })
        {
            var length = steps * RandomModel.Inputs;
            var windows = random.Uniform(count * length, 3);
            var many = new float[count * 3];
            model.ForwardMany(windows, count, many);

            var alone = new float[3];
            for (var i = 0; i < count; i++)
            {
                model.Forward(windows.AsSpan(i * length, length), alone);
                Assert.All(alone.Zip(many[(i * 3)..]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            }
        }
    }

    [Theory]
    [MemberData(nameof(VectorKernels))]
    public void EveryStepCountUpTo200_AgreesWithScalar(string kernel)
    {
        var random = new RandomModel(seed: 12);
        var weights = random.Weights(9, 5, 3);
        for (var steps = 1; steps <= 200; steps++)
        {
            AssertAgree(weights, kernel, random.Uniform(steps * RandomModel.Inputs, 3));
        }
    }

    [Theory]
    [MemberData(nameof(VectorKernels))]
    public void OtherNumberOfInputs_AgreesWithScalar(string kernel)
    {
        var random = new RandomModel(seed: 13);
        var weights = random.Weights(7, 5, 3);
        foreach (var inputs in new[] { 1, 2, 3, 19, 21 })
        {
            var first = weights.Layers[0];
            first = first with { Inputs = inputs, InputWeights = random.Uniform(4 * first.Hidden * inputs, 0.5f) };
            AssertAgree(weights with { Layers = [first, .. weights.Layers.Skip(1)] }, kernel, random.Uniform(30 * inputs, 3));
        }
    }

    [Theory]
    [MemberData(nameof(VectorKernels))]
    public void Zeros_AgreeWithScalar(string kernel) =>
        AssertAgree(new RandomModel(seed: 14).Weights(33, 8, 3), kernel, new float[90 * RandomModel.Inputs]);

    [Theory]
    [MemberData(nameof(VectorKernels))]
    public void SaturatingInputs_AgreeWithScalar(string kernel)
    {
        var random = new RandomModel(seed: 15);
        var weights = random.Weights(33, 128, 7);

        // weights and biases in 64ths make every product and sum exact: else sums of +-1e4 that cancel leave rounding, not the kernels, to be compared
        static float[] Grid(float[] values) => [.. values.Select(v => MathF.Round(v * 64) / 64)];
        var first = weights.Layers[0];
        first = first with { InputWeights = Grid(first.InputWeights), InputBias = Grid(first.InputBias), RecurrentBias = Grid(first.RecurrentBias) };
        weights = weights with { Layers = [first, .. weights.Layers.Skip(1)] };

        AssertAgree(weights, kernel, random.Signs(90 * RandomModel.Inputs, 1e4f));
    }

    [Theory]
    [MemberData(nameof(VectorKernels))]
    public void GrowingCellState_AgreesWithScalar(string kernel)
    {
        // gates held open by their biases: the cell grows by nearly 1 a step, to almost 200
        var weights = new RandomModel(seed: 16).Weights(8, 4, 2);
        var first = weights.Layers[0];
        first = first with { InputBias = [.. Enumerable.Repeat(30f, 4 * first.Hidden)] };
        AssertAgree(weights with { Layers = [first, .. weights.Layers.Skip(1)] }, kernel, new float[200 * RandomModel.Inputs]);
    }

    private static void AssertAgree(CryptoLstmWeights weights, string kernel, float[] window)
    {
        var expected = Run(CryptoLstm.Create(weights, "scalar"), window);
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
}
