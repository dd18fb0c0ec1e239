using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

/// <summary>What a source of sentiment does to answers.</summary>
public sealed class SentimentAnswerTests : IAsyncLifetime
{
    // Its checkpoint has no scaler, so what varies within the window reaches the network.
    private const string Symbol = Golden.Alpha;

    private readonly TestFolder _folder = new TestFolder().WithGolden(Symbol);
    private TestWorker _worker = null!;

    private string Mood => Path.Combine(_folder.Prices, "mood.csv");

    public async ValueTask InitializeAsync()
    {
        Write("2024-07-13,10", "2024-07-14,72", "2024-07-15,30");
        _worker = await TestWorker.StartAsync(_folder, "Sentiment:File", Mood);
    }

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Theory]
    [InlineData("2024-07-13", "neutral", 0.5)]
    [InlineData("2024-07-14", "csv", 0.1)]
    [InlineData("2024-07-15", "csv", 0.72)]
    [InlineData("2024-07-22", "csv", 0.3)]
    [InlineData("2024-07-23", "neutral", 0.5)]
    public async Task Answer_SaysTheSentimentOfTheDayBefore_AndItsSource(string asOf, string source, double sentiment)
    {
        var answer = await _worker.PredictAsync(Symbol, asOf: asOf);
        var ensemble = (await _worker.AskAsync(new EnsemblePredictRequested(Symbol) { AsOf = asOf })).Answer!;

        Assert.Equal((source, sentiment), (answer.SentimentSource, answer.Indicators.SocialSentiment));
        Assert.Equal((source, sentiment), (ensemble.SentimentSource, ensemble.Indicators.SocialSentiment));
    }

    [Fact]
    public async Task SentimentThatABarMayKnow_MakesAnotherPrediction()
    {
        var first = await AskAnewAsync();
        Write("2024-07-13,10", "2024-07-14,72", "2024-07-15,99", "2024-07-16,1");
        Assert.Equal(first, await AskAnewAsync());

        // A row of the window that is not the last.
        Write("2024-07-13,90", "2024-07-14,72", "2024-07-15,30");
        var changed = await AskAnewAsync();

        Assert.NotEqual(first.Id, changed.Id);
        Assert.NotEqual(first.Bullish, changed.Bullish);

        async Task<(string Id, double Bullish)> AskAnewAsync()
        {
            await _worker.Cache.InvalidateAsync(Symbol, TestContext.Current.CancellationToken);
            var answer = await _worker.PredictAsync(Symbol, asOf: "2024-07-15");
            return (answer.PredictionId, answer.Prediction.Probabilities.Bullish);
        }
    }

    [Fact]
    public async Task FaultySource_IsRefused_NotNeutral()
    {
        Write("2024-07-14,high");

        var refusal = (await _worker.AskAsync(new PredictRequested(Symbol))).Refusal;

        Assert.Equal(RefusalReason.PricesRejected, refusal?.Reason);
        Assert.Equal("the sentiment source csv contains invalid data: mood.csv line 2, column score: found 'high', expected a number", refusal!.Detail);
    }

    [Fact]
    public async Task SourceThatIsGone_IsRefused_NotNeutral()
    {
        File.Delete(Mood);

        var refusal = (await _worker.AskAsync(new PredictRequested(Symbol))).Refusal;

        Assert.Equal(RefusalReason.PricesUnavailable, refusal?.Reason);
        Assert.Equal("the sentiment source csv does not answer; try again shortly", refusal!.Detail);
    }

    [Fact]
    public async Task Risk_NeedsNoSentiment()
    {
        File.Delete(Mood);

        Assert.NotNull((await _worker.AskAsync(new RiskRequested(Symbol))).Answer);
    }

    [Fact]
    public async Task Training_SeesWhatServingSees()
    {
        await using var trainer = await TestWorker.StartAsync(new TestFolder().WithGolden(Symbol), "Sentiment:File", Mood, "Retraining:Role", "Only");
        var histories = trainer.Services.GetRequiredService<TrainingHistories>();

        var features = Assert.Single(await ReadAsync(Assert.Fail)).Features;
        Assert.Equal(72, features.WindowEndingAt(new(2024, 7, 15), 1)!.LastRow()[17]);

        Write("2024-07-14,high");
        var reasons = new List<string>();
        Assert.Empty(await ReadAsync(reasons.Add));
        Assert.Contains("mood.csv line 2, column score: found 'high'", Assert.Single(reasons), StringComparison.Ordinal);

        Task<List<Forecasting.Training.LabelledHistory>> ReadAsync(Action<string> failed) =>
            histories.ReadAsync([Symbol], DateOnly.MaxValue, (reason, _) => failed(reason), failed, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Sentiment:File is '/no/such/file.csv': expected an existing CSV file", "Sentiment:File", "/no/such/file.csv")]
    [InlineData("Sentiment:Table is true: expected a database", "Sentiment:Table", "true")]
    [InlineData("expected one source of sentiment", "Sentiment:File", "/no/such/file.csv", "Sentiment:Table", "true")]
    public async Task WrongOption_StopsTheStartWithItsKey(string message, params string[] settings)
    {
        using var folder = new TestFolder();

        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorker.StartAsync(folder, settings));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    private void Write(params string[] rows) => File.WriteAllLines(Mood, ["time,score", .. rows]);
}
