using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public class ScalerTests
{
    private const string Module = "sklearn.preprocessing._data";

    private static double Mean(int i) => i - 4.5;

    private static double Std(int i) => i / 4.0;

    private static readonly double[] Means = [.. Enumerable.Range(0, 20).Select(Mean)];
    private static readonly double[] Stds = [.. Enumerable.Range(0, 20).Select(Std)];

    public static TheoryData<string> Positional => ["list", "tuple", "float64", "float64 of NumPy 2", "float32", "tensor"];

    [Fact]
    public void NoScaler_IsNull() => Assert.Null(new TestCheckpoint().Read().Scaler);

    [Fact]
    public void ScalerOfNone_IsNull() => Assert.Null(new TestCheckpoint().With("scaler", null).Read().Scaler);

    [Fact]
    public void DictOfDicts_IsReadByName()
    {
        var std = TestCheckpoint.NumbersByName(i => TestCheckpoint.Scalar("f8", BitConverter.GetBytes(Std(i)), "numpy._core.multiarray"));
        // another order, an integer and a feature too many
        var mean = TestCheckpoint.NumbersByName(i => Mean(i)).Reverse().ToDictionary();
        mean["unknown"] = 1;

        var scaler = new TestCheckpoint().With("scaler", Dict(mean, std)).Read().Scaler;

        Assert.Equal(ScalerKind.ByName, scaler?.Kind);
        Assert.Equal(Means, scaler?.Mean);
        Assert.Equal(Stds, scaler?.Scale);
    }

    [Theory]
    [MemberData(nameof(Positional))]
    public void DictOfArrays_IsReadByPosition(string form)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.With("scaler", Dict(Form(checkpoint, "mean", form, Mean), Form(checkpoint, "std", form, Std)));

        var scaler = checkpoint.Read().Scaler;

        Assert.Equal(ScalerKind.ByPosition, scaler?.Kind);
        Assert.Equal(Means, scaler?.Mean);
        Assert.Equal(Stds, scaler?.Scale);
    }

    [Theory]
    [InlineData("sklearn.preprocessing._data")]
    [InlineData("sklearn.preprocessing.data")]
    public void StandardScaler_IsReadByItsScaleNotItsVariance(string module)
    {
        var scaler = Standard(state => state["var_"] = Doubles(_ => 100), module).Read().Scaler;

        Assert.Equal(ScalerKind.StandardScaler, scaler?.Kind);
        Assert.Equal(Means, scaler?.Mean);
        Assert.Equal(Stds, scaler?.Scale);
    }

    [Fact]
    public void StandardScalerWithoutScale_ScalesBy1() =>
        Assert.All(Standard(state => state["scale_"] = null).Read().Scaler!.Scale, s => Assert.Equal(1, s));

    [Fact]
    public void StandardScalerWithoutMean_SubtractsNothing() =>
        Assert.All(Standard(state => state["mean_"] = null).Read().Scaler!.Mean, m => Assert.Equal(0, m));

    // scikit-learn keeps mean_ where it needs it for the variance, and does not subtract it
    [Fact]
    public void StandardScalerNotWithMean_SubtractsNothing() =>
        Assert.All(Standard(state => state["with_mean"] = false).Read().Scaler!.Mean, m => Assert.Equal(0, m));

    [Fact]
    public void StandardScalerNotFitted_IsRefused() =>
        Standard(state => state.Remove("mean_")).Refused("expected a fitted one");

    [Fact]
    public void StandardScalerOfOtherFeatures_IsRefused() =>
        Standard(state => state["n_features_in_"] = 14).Refused("scaler.n_features_in_: the number 14, expected 20");

    [Fact]
    public void StandardScalerFittedOnTheFeatures_IsRead() =>
        Assert.NotNull(Standard(state => state["feature_names_in_"] = Objects([.. FeatureNames.All])).Read().Scaler);

    [Fact]
    public void StandardScalerFittedInAnotherOrder_IsRefused() =>
        Standard(state => state["feature_names_in_"] = Objects([.. FeatureNames.All.Reverse()]))
            .Refused("scaler.feature_names_in_: the text 'sentiment_neg' at 0, expected 'close'");

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void NumberThatIsNotFinite_IsRefused(double bad)
    {
        object? At3(int i) => i == 3 ? bad : 1.0;
        var good = TestCheckpoint.Numbers(_ => 1.0);
        var goodByName = TestCheckpoint.NumbersByName(_ => 1.0);

        Refuses("scaler['mean']", new TestCheckpoint().With("scaler", Dict(TestCheckpoint.Numbers(At3), good)));
        Refuses("scaler['std']", new TestCheckpoint().With("scaler", Dict(good, TestCheckpoint.Numbers(At3))));
        Refuses("scaler['mean']", new TestCheckpoint().With("scaler", Dict(TestCheckpoint.NumbersByName(At3), goodByName)));
        Refuses("scaler['std']", new TestCheckpoint().With("scaler", Dict(goodByName, TestCheckpoint.NumbersByName(At3))));
        Refuses("scaler.mean_", Standard(state => state["mean_"] = Doubles(i => i == 3 ? bad : 1)));
        Refuses("scaler.scale_", Standard(state => state["scale_"] = Doubles(i => i == 3 ? bad : 1)));

        static void Refuses(string place, TestCheckpoint checkpoint)
        {
            var refusal = checkpoint.Refused();
            Assert.Equal(place, refusal.Location);
            Assert.Contains("'hl_spread'", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void NegativeDeviation_IsRefused() =>
        new TestCheckpoint().With("scaler", Dict(TestCheckpoint.Numbers(_ => 1), TestCheckpoint.Numbers(i => i == 1 ? -1 : 1)))
            .Refused("scaler['std']: -1 for feature 'change_1h'");

    [Theory]
    [InlineData(1e-300)]
    [InlineData(double.Epsilon)]
    public void DeviationThatNoDataHas_IsRefused(double deviation)
    {
        new TestCheckpoint().With("scaler", Dict(TestCheckpoint.Numbers(_ => 1), TestCheckpoint.Numbers(i => i == 1 ? deviation : 1)))
            .Refused($"for feature 'change_1h', expected 0 or a standard deviation from 1E-25");
        Standard(state => state["scale_"] = Doubles(i => i == 1 ? deviation : 1)).Refused("scaler.scale_: ");
    }

    [Fact]
    public void DeviationOfRounding_IsTaken() =>
        Assert.Equal(
            1.4e-17,
            new TestCheckpoint().With("scaler", Dict(TestCheckpoint.Numbers(_ => 1), TestCheckpoint.Numbers(_ => 1.4e-17))).Read().Scaler!.Scale[0]);

    [Fact]
    public void MissingFeature_IsRefusedByName()
    {
        var mean = TestCheckpoint.NumbersByName(_ => 1.0);
        mean.Remove("rsi");

        var refusal = new TestCheckpoint().With("scaler", Dict(mean, TestCheckpoint.NumbersByName(_ => 1.0))).Refused();

        Assert.Contains("scaler['mean']: feature 'rsi' is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherThan20Numbers_AreRefused()
    {
        var nineteen = TestCheckpoint.Numbers(_ => 1.0)[1..];

        new TestCheckpoint().With("scaler", Dict(TestCheckpoint.Numbers(_ => 1.0), nineteen)).Refused("scaler['std']: a list of 19, expected 20 numbers");
        new TestCheckpoint().With("scaler", new Dictionary<object, object?>()).Refused("scaler['mean']: None, expected 20 numbers");
        new TestCheckpoint().With("scaler", Dict(TestCheckpoint.NumbersByName(_ => 1.0), TestCheckpoint.Numbers(_ => 1.0))).Refused("expected 20 numbers");
    }

    private static Dictionary<object, object?> Dict(object? mean, object? std) => new() { ["mean"] = mean, ["std"] = std };

    private static object? Form(TestCheckpoint checkpoint, string key, string form, Func<int, double> value)
    {
        var bytes = Enumerable.Range(0, 20).SelectMany(i => BitConverter.GetBytes(value(i))).ToArray();
        switch (form)
        {
            case "list":
                return TestCheckpoint.Numbers(i => value(i));
            case "tuple":
                return TestCheckpoint.Numbers(i => TestCheckpoint.Scalar("f8", BitConverter.GetBytes(value(i)))).ToArray();
            case "float64":
                return TestCheckpoint.Array("f8", bytes, [20]);
            case "float64 of NumPy 2":
                return TestCheckpoint.Array("f8", bytes, [20], "numpy._core.multiarray");
            case "float32":
                return TestCheckpoint.Array("f4", [.. Enumerable.Range(0, 20).SelectMany(i => BitConverter.GetBytes((float)value(i)))], [20]);
            default:
                // every second element
                checkpoint.Storages[key] = [.. Enumerable.Range(0, 40).SelectMany(i => BitConverter.GetBytes(i % 2 == 0 ? value(i / 2) : double.NaN))];
                return new TestTensor(key, "DoubleStorage", 40, 0, [20], [2]).Pickled;
        }
    }

    private static Built Doubles(Func<int, double> value) =>
        TestCheckpoint.Array("f8", [.. Enumerable.Range(0, 20).SelectMany(i => BitConverter.GetBytes(value(i)))], [20]);

    private static Built Objects(List<object?> values) => new(
        new Call("numpy.core.multiarray", "_reconstruct", new Class("numpy", "ndarray"), new object?[] { 0 }, TestCheckpoint.Encoded("b"u8.ToArray())),
        new object?[] { 1, new object?[] { values.Count }, TestCheckpoint.DType("O8", "|"), false, values });

    private static TestCheckpoint Standard(Action<Dictionary<object, object?>> change, string module = Module)
    {
        var state = new Dictionary<object, object?>
        {
            ["with_mean"] = true,
            ["with_std"] = true,
            ["copy"] = true,
            ["n_features_in_"] = 20,
            ["n_samples_seen_"] = TestCheckpoint.Scalar("i8", BitConverter.GetBytes(401L)),
            ["mean_"] = Doubles(Mean),
            ["var_"] = Doubles(_ => 1),
            ["scale_"] = Doubles(Std),
            ["_sklearn_version"] = "1.2.1",
        };
        change(state);
        return new TestCheckpoint().With("scaler", new NewObject(module, "StandardScaler", state));
    }
}
