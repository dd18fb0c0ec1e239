using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Answers;

public sealed class PredictionMakerTests
{
    // Changes of +10 % and -10 %: sigma is the square root of 0.02, 0.14142.
    private static readonly BarSeries Prices = BarBuilder.Series(100, 110, 99);

    [Theory]
    [InlineData(7, Direction.Bullish, 101.61)] // 99 * (1 + 0.141421 * 7 / 30 * 0.8)
    [InlineData(14, Direction.Bullish, 104.23)]
    [InlineData(30, Direction.Bullish, 110.2)]
    [InlineData(7, Direction.Bearish, 96.39)]
    [InlineData(30, Direction.Bearish, 87.8)]
    [InlineData(30, Direction.Neutral, 99)]
    public void Target_MovesWithTimeAndConfidence(int days, Direction direction, double target)
    {
        var forecast = Make(days, new Outlook([0.1, 0.1, 0.8], direction, 0.8));

        Assert.Equal(99, forecast.CurrentPrice);
        Assert.Equal(target, forecast.TargetPrice);
    }

    [Fact]
    public void RangeAndGain_AreThoseOfTheUnroundedTarget()
    {
        var forecast = Make(7, new Outlook([0.1, 0.1, 0.8], Direction.Bullish, 0.8));

        // 101.6134... x 0.95 and x 1.05, 2.6398... %
        Assert.Equal(new PriceBand(96.53, 106.69), forecast.TargetPriceRange);
        Assert.Equal(2.64, forecast.PotentialGain);
    }

    [Fact]
    public void Neutral_ExpectsNoGain() => Assert.Equal(0, Make(30, new Outlook([0, 1, 0], Direction.Neutral, 1)).PotentialGain);

    [Fact]
    public void PriceBelowOne_KeepsSixDigits()
    {
        var forecast = Make(7, new Outlook([0.1, 0.1, 0.8], Direction.Bullish, 0.8), BarBuilder.Series(100e-8, 110e-8, 99e-8));

        Assert.Equal(0.00000099, forecast.CurrentPrice);
        Assert.Equal(0.00000101613, forecast.TargetPrice);
        Assert.Equal(2.64, forecast.PotentialGain);
    }

    [Fact]
    public void FallByMoreThanThePrice_EndsAtZero()
    {
        var forecast = Make(30, new Outlook([1, 0, 0], Direction.Bearish, 1), BarBuilder.Series(1, 100, 1, 100));

        Assert.Equal(0, forecast.TargetPrice);
        Assert.Equal(new PriceBand(0, 0), forecast.TargetPriceRange);
        Assert.Equal(-100, forecast.PotentialGain);
    }

    [Fact]
    public void ModelsOutput_IsRoundedForTheAnswer()
    {
        var forecast = PredictionMaker.Make("BTC", 7, [0.30802270770072937f, 0.42136889696121216f, 0.27060839533805847f], Prices, Features());

        Assert.Equal(Direction.Neutral, forecast.Direction);
        Assert.Equal(Confidence.Low, forecast.Confidence);
        Assert.Equal(0.421, forecast.ConfidenceScore);
        Assert.Equal([0.308023, 0.421369, 0.270608], forecast.Probabilities);
    }

    [Fact]
    public void ConfidenceInWords_IsOfTheUnroundedScore()
    {
        var forecast = Make(7, new Outlook([0, 0, 0.6996], Direction.Bullish, 0.6996));

        Assert.Equal(0.7, forecast.ConfidenceScore);
        Assert.Equal(Confidence.Medium, forecast.Confidence);
    }

    [Theory]
    [InlineData(2.0, 1.9, MacdTrend.Bullish)]
    [InlineData(1.9, 2.0, MacdTrend.Bearish)]
    [InlineData(2.0, 2.0, MacdTrend.Bearish)]
    public void Macd_IsBullishAboveItsSignal(double macd, double signal, MacdTrend trend) =>
        Assert.Equal(trend, Make(7, Any, Prices, Features(macd: macd, signal: signal)).Indicators.Macd);

    [Theory]
    [InlineData(0.001, VolumeTrend.Increasing)]
    [InlineData(0, VolumeTrend.Stable)]
    [InlineData(-100, VolumeTrend.Decreasing)]
    public void VolumeTrend_IsTheSignOfTheLastChange(double change, VolumeTrend trend) =>
        Assert.Equal(trend, Make(7, Any, Prices, Features(volumeChange: change)).Indicators.VolumeTrend);

    [Fact]
    public void RsiAndSentiment_AreRounded()
    {
        var indicators = Make(7, Any, Prices, Features(rsi: 58.346, social: 72.3)).Indicators;

        Assert.Equal(58.35, indicators.Rsi);
        Assert.Equal(0.723, indicators.SocialSentiment);
    }

    [Theory]
    [InlineData(Direction.Bullish, 0.68, 58.3, 1,
        "BTC shows bullish momentum with 68% confidence. RSI at 58.3 (neutral). Volume trend is increasing. Monitor closely for confirmation.")]
    [InlineData(Direction.Bullish, 0.701, 70.04, 0,
        "BTC shows bullish momentum with 70% confidence. RSI at 70.0 (overbought). Volume trend is stable. Strong buy signal detected.")]
    [InlineData(Direction.Bullish, 0.7, 70, 0,
        "BTC shows bullish momentum with 70% confidence. RSI at 70.0 (neutral). Volume trend is stable. Monitor closely for confirmation.")]
    [InlineData(Direction.Bearish, 0.916, 29.96, -1,
        "BTC shows bearish momentum with 92% confidence. RSI at 30.0 (oversold). Volume trend is decreasing. Strong sell signal detected.")]
    [InlineData(Direction.Neutral, 0.99, 100, 1,
        "BTC shows neutral momentum with 99% confidence. RSI at 100.0 (overbought). Volume trend is increasing. Monitor closely for confirmation.")]
    [InlineData(Direction.Bearish, 0.625, 30, 1,
        "BTC shows bearish momentum with 62% confidence. RSI at 30.0 (neutral). Volume trend is increasing. Monitor closely for confirmation.")]
    public void Explanation_ReadsAsDocumented(Direction direction, double confidence, double rsi, double volumeChange, string text) =>
        Assert.Equal(text, Make(7, Signalling(direction, confidence), Prices, Features(rsi: rsi, volumeChange: volumeChange)).Explanation);

    // The direction is named as before; what is said of it depends on how it leads its own frequency.
    [Theory]
    [InlineData(0.4, 0.37, "BTC shows bullish momentum with 40% confidence. RSI at 50.0 (neutral). ")]
    [InlineData(0.389, 0.37, "BTC shows no directional signal: bullish has a probability of 39%, and came 37% of the time before. RSI at 50.0 (neutral). ")]
    [InlineData(0.39, 0.45, "BTC shows no directional signal: bullish has a probability of 39%, and came 45% of the time before. RSI at 50.0 (neutral). ")]
    public void ADirectionThatHardlyLeadsItsFrequency_IsNoSignal(double probability, double baseRate, string opening)
    {
        var outlook = new Outlook([0.3, 0.7 - probability, probability], Direction.Bullish, probability) { BaseRates = [0.3, 0.7 - baseRate, baseRate] };

        var forecast = Make(7, outlook, BarBuilder.WalkSeries(420));

        Assert.StartsWith(opening, forecast.Explanation, StringComparison.Ordinal);
        Assert.Equal(Direction.Bullish, forecast.Direction);
        Assert.Equal(
            probability == 0.4, !forecast.Explanation.Contains("In 7 days the price is nine times out of ten between ", StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutFrequenciesOfTheModel_ThoseOfTheBarsCount()
    {
        // Of 413 weeks all rise: nothing leads that.
        var rising = BarBuilder.Series([.. Enumerable.Range(0, 420).Select(i => 100 * Math.Exp(0.01 * i))]);

        Assert.StartsWith(
            "BTC shows no directional signal: bullish has a probability of 97%, and came 100% of the time before. ",
            Make(7, new Outlook([0.02, 0.01, 0.97], Direction.Bullish, 0.97), rising).Explanation, StringComparison.Ordinal);
        Assert.StartsWith(
            "BTC shows bearish momentum with 50% confidence. ", Make(7, new Outlook([0.5, 0.1, 0.4], Direction.Bearish, 0.5), rising).Explanation,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ADirectionThatIsTheSameForAYear_IsNoSignal_AndWhatIsLikelyIsSaid()
    {
        var series = BarBuilder.WalkSeries(420);
        var forecast = Make(7, Signalling(Direction.Bullish, 0.8) with { SameSince = new(2024, 1, 5) }, series);

        var (low, high) = (forecast.Interval!.Value.Low, forecast.Interval.Value.High);
        Assert.StartsWith(
            FormattableString.Invariant($"BTC shows no directional signal: the model has named bullish on all days looked at since 2024-01-05, 80% now. ")
            + "RSI at 50.0 (neutral). Volume trend is stable. "
            + FormattableString.Invariant($"In 7 days the price is nine times out of ten between {low} and {high}: its volatility over that time is "),
            forecast.Explanation, StringComparison.Ordinal);
        Assert.Matches(@" is [0-9.]+%, about as usual \([0-9.]+%\)\. Monitor closely for confirmation\.$",
            forecast.Explanation);
    }

    [Fact]
    public void ExplanationOfFrequencies_SaysThatTheModelHasNoPart() => Assert.Equal(
        "BTC shows no directional signal: bullish has a probability of 50%, and came 50% of the time before. RSI at 50.0 (neutral). Volume trend is stable. "
        + "The model has shown no skill over this horizon: "
        + "the confidence is how often the direction came before. Monitor closely for confirmation.",
        Make(7, new Outlook([0.3, 0.2, 0.5], Direction.Bullish, 0.5) { FromFrequencies = true, BaseRates = [0.3, 0.2, 0.5] }).Explanation);

    [Fact]
    public void Warnings_AreInTheExplanationToo()
    {
        var forecast = PredictionMaker.Make(
            "BTC", 7, new Outlook([0.3, 0.2, 0.5], Direction.Bullish, 0.5)
            {
                FromFrequencies = true
            }, Prices, Features(), dataWarnings: ["Prices are 3 days old"]);

        Assert.Equal(
            ["Prices are 3 days old", "The model has shown no skill over this horizon: the confidence is how often the direction came before"],
            forecast.Warnings);
        Assert.EndsWith(
            "Volume trend is stable. Prices are 3 days old. The model has shown no skill over this horizon: the confidence is how often the direction came "
                + "before. "
            + "Monitor closely for confirmation.",
            forecast.Explanation, StringComparison.Ordinal);
        Assert.Empty(Make(7, Any).Warnings);
    }

    // A price that is multiplied or divided day by day, up to what a number holds.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1e12)]
    public void RangeThatSaysNothing_IsNoneAndAWarning(double factor)
    {
        var bars = BarBuilder.Walk(200, start: 1e-3);
        for (var i = 0; i < bars.Length; i += 2)
        {
            ref var bar = ref bars[i];
            bar = bar with { Open = bar.Open * factor, High = bar.High * factor, Low = bar.Low * factor, Close = bar.Close * factor };
        }

        var forecast = Make(30, Any, new BarSeries("TEST", bars));

        Assert.Null(forecast.Interval);
        Assert.Equal(["There is no interval: past moves make one whose high is over 100 times its low"], forecast.Warnings);
        Assert.NotNull(Make(30, Any, BarBuilder.WalkSeries(200)).Interval);
    }

    [Fact]
    public void FeaturesThatEndBeforeTheLastBar_Throw() =>
        Assert.Throws<ArgumentException>(() => Make(7, Any, Prices, Features() with { EndsAtLastBar = false }));

    [Fact]
    public void AnyPrices_GiveARangeAroundTheTargetOnTheSideOfTheDirection()
    {
        var inputs = from seed in Gen.Choose(1, 100_000)
                     from exponent in Gen.Choose(-9, 9)
                     from direction in Gen.Elements(Direction.Bearish, Direction.Neutral, Direction.Bullish)
                     from confidence in Gen.Choose(0, 1000)
                     select (BarBuilder.WalkSeries(40, seed, Math.Pow(10, exponent)), new Outlook([0, 0, 0], direction, confidence / 1000.0));

        Prop.ForAll(Arb.From(inputs), input =>
        {
            var forecast = Make(30, input.Item2, input.Item1);
            var side = forecast.TargetPrice.CompareTo(forecast.CurrentPrice) * (int)(forecast.Direction - 1);
            return side >= 0 && (forecast.Direction != Direction.Neutral || forecast.TargetPrice == forecast.CurrentPrice)
                && forecast.TargetPriceRange.Low <= forecast.TargetPrice && forecast.TargetPrice <= forecast.TargetPriceRange.High
                && forecast.PotentialGain * (int)(forecast.Direction - 1) >= 0;
        }).QuickCheckThrowOnFailure();
    }

    // A direction that leads its frequency.
    private static Outlook Signalling(Direction direction, double confidence)
    {
        var probabilities = new double[3];
        probabilities[(int)direction] = confidence;
        return new Outlook(probabilities, direction, confidence) { BaseRates = [0, 0, 0] };
    }

    private static Outlook Any => new([0.2, 0.2, 0.6], Direction.Bullish, 0.6);

    private static Forecast Make(int days, Outlook outlook, BarSeries? series = null, FeatureTable? features = null) =>
        PredictionMaker.Make("BTC", days, outlook, series ?? Prices, features ?? Features());

    /// <summary>A table of one row.</summary>
    private static FeatureTable Features(double rsi = 50, double macd = 0, double signal = 0, double volumeChange = 0, double social = 50)
    {
        var row = new double[FeatureNames.Count];
        row[FeatureColumn.Rsi] = rsi;
        row[FeatureColumn.Macd] = macd;
        row[FeatureColumn.MacdSignal] = signal;
        row[FeatureColumn.VolumeChange] = volumeChange;
        row[FeatureColumn.SocialScore] = social;
        return new FeatureTable(row, new[] { BarBuilder.FirstDay }, EndsAtLastBar: true);
    }
}
