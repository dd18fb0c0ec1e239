using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;

namespace Coinsphere.Messaging.Forecasting.Tests.Calibration;

public sealed class CalibrationTests
{
    private static readonly double[] Frequencies = [0.4, 0.2, 0.4];

    [Fact]
    public void ScaleOfOne_IsTheNetwork_ScaleOfZero_TheFrequencies()
    {
        float[] network = [0.7f, 0.1f, 0.2f];

        AssertClose([0.7, 0.1, 0.2], CalibrationFit.For(Frequencies, 1).Apply(network));
        AssertClose(Frequencies, CalibrationFit.For(Frequencies, 0).Apply(network));
        // halfway in logarithms: sqrt(p f), normalised
        AssertClose([0.52915 / 0.95341, 0.14142 / 0.95341, 0.28284 / 0.95341], CalibrationFit.For(Frequencies, 0.5).Apply(network), 1e-4);
    }

    [Fact]
    public void ProbabilityOfZero_StaysANumber()
    {
        var calibrated = CalibrationFit.For(Frequencies, 1).Apply([1, 0, 0]);

        Assert.All(calibrated, p => Assert.InRange(p, 0, 1));
        Assert.Equal(1, calibrated.Sum(), 12);
    }

    [Fact]
    public void NetworkThatTellsTheTruth_IsTrusted() => Assert.InRange(CalibrationFit.Scale(Forecasts(4_000, trust: 1), penalty: 1), 0.9, 1.1);

    [Fact]
    public void NetworkThatExaggerates_IsHeldBack()
    {
        // its logarithms are twice too far from the frequencies'
        var scale = CalibrationFit.Scale(Forecasts(4_000, trust: 0.5), penalty: 1);

        Assert.InRange(scale, 0.45, 0.55);
    }

    [Fact]
    public void NetworkThatKnowsNothing_LeavesTheFrequencies() => Assert.InRange(CalibrationFit.Scale(Forecasts(4_000, trust: 0), penalty: 100), 0, 0.05);

    [Fact]
    public void NetworkThatIsReliablyWrong_IsNotTurnedAround() => Assert.Equal(0, CalibrationFit.Scale(Forecasts(4_000, trust: -1), penalty: 1));

    [Fact]
    public void FewForecasts_CountLittleAgainstThePenalty()
    {
        Assert.InRange(CalibrationFit.Scale(Forecasts(30, trust: 1), penalty: 1_000), 0, 0.05);
        Assert.Equal(0, CalibrationFit.Scale([], penalty: 1));
    }

    [Theory]
    [InlineData(1, 400, 0.5)]
    [InlineData(-1, 400, 0)]
    [InlineData(1, 0, 0)]
    public void Symbol_KeepsItsFrequencies_UnlessTheNetworkIsBetterOnItsOwnForecasts(double trust, int forecasts, double scale)
    {
        var calibration = CalibrationFit.ForSymbol(Frequencies, 0.5, Forecasts(forecasts, trust));

        Assert.Equal((scale, scale == 0), (calibration.Scale, calibration.IsFrequencies));
    }

    [Fact]
    public void Score_IsTheTextbooks()
    {
        double[][] forecasts = [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]];
        var score = ForecastScore.Of(forecasts, [Direction.Bearish, Direction.Neutral]);

        Assert.Equal((2, 0.5), (score.Count, score.Accuracy));
        Assert.Equal((0.25 + 0.09 + 0.04 + 0.01 + 0.64 + 0.49) / 2, score.Brier, 12);
        Assert.Equal(-(Math.Log(0.5) + Math.Log(0.2)) / 2, score.LogLoss, 12);
        // one said 0.5 and was right, one said 0.7 and was wrong
        Assert.Equal((0.5 + 0.7) / 2, score.CalibrationError, 12);
        Assert.Equal(0, score.SkillAgainst(score));
    }

    [Fact]
    public void ScoreOfNothing_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ForecastScore.Of([], []));
        Assert.Throws<ArgumentException>(() => ForecastScore.Of([[1, 0, 0]], []));
    }

    /// <summary>Forecasts at random, and outcomes drawn from what they say as far as they are to be trusted.</summary>
    private static ScoredForecast[] Forecasts(int count, double trust)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] raw = [Math.Exp(random.NextDouble() * 3), Math.Exp(random.NextDouble() * 3), Math.Exp(random.NextDouble() * 3)];
            float[] said = [.. raw.Select(value => (float)(value / raw.Sum()))];
            var truth = new ClassCalibration(trust, [.. Frequencies.Select(f => (1 - trust) * Math.Log(f))]).Apply(said);
            var draw = random.NextDouble();
            return new ScoredForecast(
                said,
                Frequencies,
                draw < truth[0] ? Direction.Bearish : draw < truth[0] + truth[1] ? Direction.Neutral : Direction.Bullish);
        })];
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance = 1e-6) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
