using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Tests.Features;

public sealed class FeatureWindowTests
{
    [Fact]
    public void NoScaler_StandardisesByTheWindowItself()
    {
        // The row before the window must not count.
        var window = FeatureWindow.Standardise(Table(1000, 1, 2, 6), 3, scaler: null);

        var deviation = Math.Sqrt(14.0 / 3) + 1e-8;
        Assert.Equal(3 * FeatureNames.Count, window.Length);
        Assert.Equal((float)(-2 / deviation), window[0]);
        Assert.Equal((float)(-1 / deviation), window[FeatureNames.Count]);
        Assert.Equal((float)(3 / deviation), window[2 * FeatureNames.Count]);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(48712345.678)]
    [InlineData(1234567890123.4567)]
    public void FeatureConstantOverAnUnscaledWindow_IsExactlyZero(double value)
    {
        var table = Table([.. Enumerable.Repeat(value, 90)]);

        Assert.All(FeatureWindow.Standardise(table, 90, scaler: null), cell => Assert.Equal(0f, cell));
    }

    [Fact]
    public void Scaler_SubtractsItsMeanAndDividesByItsScale()
    {
        var scaler = new FeatureScaler(ScalerKind.ByPosition, [.. Enumerable.Repeat(2.0, 20)], [.. Enumerable.Range(1, 20).Select(i => (double)i)]);

        var window = FeatureWindow.Standardise(Table(5, 8), 2, scaler);

        Assert.Equal(3f, window[0]);
        Assert.Equal(6f, window[FeatureNames.Count]);
        Assert.Equal((float)(3.0 / 20), window[19]);
    }

    [Fact]
    public void ScaleOfZero_GivesZero()
    {
        var scaler = new FeatureScaler(ScalerKind.ByName, new double[20], new double[20]);

        Assert.All(FeatureWindow.Standardise(Table(5, 8), 2, scaler), cell => Assert.Equal(0f, cell));
    }

    [Fact]
    public void ConstantFeatureUnderAScaler_IsScaledLikeAnyOther()
    {
        var scaler = new FeatureScaler(ScalerKind.StandardScaler, [.. Enumerable.Repeat(47.0, 20)], [.. Enumerable.Repeat(1.0, 20)]);

        Assert.All(FeatureWindow.Standardise(Table(50, 50), 2, scaler), cell => Assert.Equal(3f, cell));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(39, 39)]
    [InlineData(40, 20)]
    public void RowsThatAreNotWholeOrDoNotFit_AreRefused(int values, int room)
    {
        var thrown = Assert.Throws<ArgumentException>(() => FeatureWindow.Standardise(new double[values], scaler: null, new float[room]));

        Assert.Equal($"Expected whole rows of 20 features and room for as many, got {values} values and room for {room}.", thrown.Message);
    }

    [Fact]
    public void MoreStepsThanRows_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FeatureWindow.Standardise(Table(1, 2), 3, scaler: null));

    /// <summary>A table whose rows hold one value 20 times.</summary>
    private static FeatureTable Table(params double[] rows) => new(
        rows.SelectMany(value => Enumerable.Repeat(value, FeatureNames.Count)).ToArray(),
        rows.Select((_, i) => BarBuilder.FirstDay.AddDays(i)).ToArray(),
        EndsAtLastBar: true);
}
