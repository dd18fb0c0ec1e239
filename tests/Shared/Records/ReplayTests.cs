using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Replay;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Tests;

/// <summary>Recorded predictions made again, wherever they are recorded.</summary>
public abstract class ReplayTests(IRecordsStore store) : IAsyncLifetime
{
    private protected DatabaseWorker Worker { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Worker = await DatabaseWorker.StartAsync(store);
        await WritePricesAsync(Worker, "BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Worker.DisposeAsync();
        await store.DisposeAsync();
    }

    [Theory]
    [InlineData("7d", null)]
    [InlineData("30d", "2024-03-15")]
    public async Task UnchangedInputs_MakeEveryRecordedDigitAgain(string timeframe, string? asOf)
    {
        var id = await PredictAsync(timeframe, asOf);

        var (isSame, lines) = await ReplayAsync(id);

        Assert.True(isSame, string.Join('\n', lines));
        Assert.Equal(["prediction", "model", "inputs", "kernel", "prediction", "range"], lines.Select(line => line.Name));
        Assert.Equal(("same (BTC_best.pth)", "equal to every recorded digit", "equal (v2023.12.31)"), (lines[1].Text, lines[^2].Text, lines[^1].Text));
        Assert.StartsWith("same (420 bars", lines[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CorrectedBar_IsAChangedInput()
    {
        var id = await PredictAsync("7d");
        await WritePricesAsync(Worker, "BTC", [.. SyntheticSeries.Generate("BTC", new(2024, 6, 30))
            .Select(bar => bar.Day == new DateOnly(2024, 6, 20) ? bar with { Close = (bar.Open + bar.High + bar.Low) / 3 } : bar)]);

        var (isSame, lines) = await ReplayAsync(id);

        Assert.False(isSame);
        Assert.StartsWith("bars or sentiment have changed since: 420 bars from ", lines.Single(line => line.Name == "inputs").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownId_IsSaidSo()
    {
        var (isSame, lines) = await ReplayAsync("00");

        Assert.Equal((false, "'00' is not recorded"), (isSame, Assert.Single(lines).Text));
    }

    /// <summary>Makes these bars the history of a symbol.</summary>
    private protected abstract Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars);

    private protected async Task RestartAsync(params string[] settings)
    {
        await Worker.DisposeAsync();
        Worker = await DatabaseWorker.StartAsync(store, settings);
    }

    private protected async Task<string> PredictAsync(string timeframe, string? asOf = null)
    {
        var answer = await Worker.AskAsync<PredictRequested, PredictionAnswer>(new("BTC", timeframe) { AsOf = asOf }, Endpoints.Predict);
        await store.UntilAsync($"select exists (select 1 from predictions where id = '{answer.PredictionId}')");
        return answer.PredictionId;
    }

    private protected async Task<(bool IsSame, List<(string Name, string Text)> Lines)> ReplayAsync(string id)
    {
        var services = Worker.Services;
        var replay = new PredictionReplay(
            services.GetRequiredService<IRecordsSource>(), services.GetRequiredService<PriceHistory>(), services.GetRequiredService<SentimentHistory>(),
            services.GetRequiredService<SymbolCatalog>(),
            services.GetRequiredService<CheckpointFolder>(), services.GetRequiredService<ModelReader>(), services.GetRequiredService<VolatilityStore>(),
            services.GetRequiredService<IOptions<ModelsOptions>>());
        var lines = new List<(string, string)>();
        return (await replay.RunAsync(id, (name, text) => lines.Add((name, text)), Cancel), lines);
    }
}
