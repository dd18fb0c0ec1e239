using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Tests.Lstm;

public sealed class GoldenTests
{
    /// <summary>Barely trained networks answer alike whatever is wrong with them, so looser would not notice swapped gates.</summary>
    private const float Tolerance = 1e-6f;

    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(["ALPHA", "BRAVO", "CHARLIE", "DELTA"], CryptoLstm.Kernels);

    [Theory]
    [MemberData(nameof(Cases))]
    public void GoldenWindow_GivesPyTorchsHiddenStatesAndProbabilities(string name, string kernel)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}_expected.json")));
        float[] Expected(string property) => [.. expected.RootElement.GetProperty(property).EnumerateArray().Select(v => v.GetSingle())];
        var model = CryptoLstm.Create(CheckpointReader.Read(Golden.CheckpointPath(name)).Weights, kernel);

        var probabilities = new float[3];
        var lastHidden = new float[model.HiddenSizes.Sum()];
        model.Forward(Expected("standardised_window"), probabilities, lastHidden);

        AssertClose.Equal([.. Expected("lstm1_last"), .. Expected("lstm2_last"), .. Expected("lstm3_last")], lastHidden, Tolerance);
        AssertClose.Equal(Expected("probabilities"), probabilities, Tolerance);
    }
}
