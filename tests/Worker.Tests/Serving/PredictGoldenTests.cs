using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>From a price file and a checkpoint to the reply on the bus, held to what the original system answered.</summary>
public sealed class PredictGoldenTests : IAsyncLifetime
{
    private static readonly string[] Directions = ["bearish", "neutral", "bullish"];

    private TestWorker _worker = null!;

    public static TheoryData<string> Names => [.. Golden.Names];

    public async ValueTask InitializeAsync() =>
        _worker = await TestWorker.StartAsync(Golden.Names.Aggregate(new TestFolder(), (folder, name) => folder.WithGolden(name)));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task GoldenPricesAndCheckpoint_AnswerTheGoldenProbabilities(string name)
    {
        var expected = Golden.Probabilities(name);

        var answer = await _worker.PredictAsync(name, "7d", Golden.LastDay(name));

        var (p, actual) = (answer.Prediction, answer.Prediction.Probabilities);
        // The networks agree within 1e-6, of which a rounded last digit is as much again.
        Assert.Equal(expected, [actual.Bearish, actual.Neutral, actual.Bullish], (a, b) => Math.Abs(a - b) < 1.5e-6);
        Assert.All([actual.Bearish, actual.Neutral, actual.Bullish], value => Assert.Equal(Rounding.Decimals(value, 6), value));
        Assert.Equal(Directions[Array.IndexOf(expected, expected.Max())], p.Direction);
        Assert.Equal(expected.Max(), p.ConfidenceScore, 0.000502);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task GoldenAnswer_HasTheTargetOfItsVolatility(string name)
    {
        var row = Golden.PriceLines(name)[^1].Split(',');
        var current = double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture);
        var expected = Golden.Probabilities(name);
        var sign = Array.IndexOf(expected, expected.Max()) - 1;
        var target = current * (1 + (sign * Golden.Expected(name).GetProperty("daily_volatility_120d").GetDouble() * 14 / 30 * expected.Max()));

        var p = (await _worker.PredictAsync(name, "14d", Golden.LastDay(name))).Prediction;

        Assert.Equal(Rounding.Price(current), p.CurrentPrice);
        // A probability that differs by 1e-6 moves the target by less than 1e-7 of itself; the rest is its rounding.
        Assert.Equal(target, p.TargetPrice, (current * 1e-7) + Ulp(current));
        Assert.Equal(target * 0.95, p.TargetPriceRange.Low, (current * 1e-7) + Ulp(current));
        Assert.Equal(target * 1.05, p.TargetPriceRange.High, (current * 1e-7) + Ulp(current));
        Assert.Equal(((target / current) - 1) * 100, p.PotentialGain, 0.005001);

        static double Ulp(double price) => price >= 1 ? 0.005001 : price * 1e-5;
    }

    [Fact]
    public async Task Answer_SaysWhatMadeIt()
    {
        var answer = await _worker.PredictAsync(Golden.Bravo, asOf: Golden.LastDay(Golden.Bravo));

        Assert.Equal((Golden.Bravo, "7d", "csv"), (answer.Symbol, answer.Timeframe, answer.DataSource));
        Assert.Equal(new DateOnly(2024, 10, 26), answer.DataAsOf);
        Assert.Matches("^[0-9a-f]{64}$", answer.ModelDigest);
        Assert.Matches("^[0-9a-f]{32}$", answer.PredictionId);
        Assert.Equal("neutral", answer.SentimentSource);
        Assert.Equal(0.5, answer.Indicators.SocialSentiment);
        Assert.Null(answer.Contributions);
    }

    [Fact]
    public async Task Interval_HoldsTheCurrentPrice_AndWidensWithTheHorizon()
    {
        PriceInterval? narrower = null;
        foreach (var timeframe in new[] { "7d", "14d", "30d" })
        {
            var prediction = (await _worker.PredictAsync(Golden.Bravo, timeframe)).Prediction;
            var interval = prediction.Interval!;
            Assert.Equal(0.9, interval.Level);
            Assert.InRange(prediction.CurrentPrice, interval.Low, interval.High);
            Assert.True(narrower is null || (interval.Low < narrower.Low && interval.High > narrower.High));
            narrower = interval;
        }
    }

    [Theory]
    [InlineData("300")]
    [InlineData("0")]
    [InlineData("7")]
    public async Task Lifetime_IsExactlyTheConfiguredOne(string seconds)
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta), "Cache:PredictionSeconds", seconds);
        worker.Time.Advance(TimeSpan.FromTicks(1_234_567));

        var answer = await worker.PredictAsync(Golden.Delta);

        Assert.Equal(TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)), answer.ExpiresAt - answer.GeneratedAt);
        Assert.InRange(worker.Time.GetUtcNow() - answer.GeneratedAt, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task TextsInAnyCase_AreTheSameQuestion() =>
        Assert.Equal((await _worker.PredictAsync("DELTA", "30d")).PredictionId, (await _worker.PredictAsync(" delta ", "30D")).PredictionId);
}
