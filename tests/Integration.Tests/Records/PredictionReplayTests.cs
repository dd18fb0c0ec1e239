using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Replay;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Integration.Tests.Records;

/// <summary>Recorded predictions made again.</summary>
public sealed class PredictionReplayTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private DatabaseWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = await DatabaseWorker.StartAsync(_database);
        await _worker.Services.GetRequiredService<PriceWriter>()
            .WriteAsync("BTC", SyntheticSeries.Generate("BTC", new(2024, 6, 30)), DateTimeOffset.UnixEpoch, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
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
    public async Task OnnxModel_MakesEveryRecordedDigitAgain()
    {
        var models = Directory.CreateTempSubdirectory("replay-");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", "gru.onnx"), Path.Combine(models.FullName, "BTC_best.onnx"));
        await _worker.DisposeAsync();
        _worker = await DatabaseWorker.StartAsync(_database, "Models:Folder", models.FullName);
        var id = await PredictAsync("7d");

        var (isSame, lines) = await ReplayAsync(id);

        Assert.True(isSame, string.Join('\n', lines));
        Assert.Equal(("same (BTC_best.onnx)", "equal to every recorded digit"), (lines[1].Text, lines[^2].Text));
        Assert.StartsWith("same (onnxruntime-", lines.Single(line => line.Name == "kernel").Text, StringComparison.Ordinal);
        models.Delete(recursive: true);
    }

    [Fact]
    public async Task CorrectedBar_IsAChangedInput()
    {
        var id = await PredictAsync("7d");
        await _database.ExecuteAsync("update price_data set close = (open + high + low) / 3 where time = '2024-06-20'");

        var (isSame, lines) = await ReplayAsync(id);

        Assert.False(isSame);
        Assert.StartsWith("bars or sentiment have changed since: 420 bars from ", lines.Single(line => line.Name == "inputs").Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelThatIsGone_IsNamed()
    {
        var id = await PredictAsync("7d");
        await _database.ExecuteAsync("update predictions set features = replace(features::text, '\"model_digest\":\"', '\"model_digest\":\"0')::json");

        var (isSame, lines) = await ReplayAsync(id);

        Assert.False(isSame);
        Assert.Contains("no checkpoint of BTC", lines[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.000009", true)]
    [InlineData("0.00005", false)]
    public async Task AnotherKernel_MayDifferByALittle(string difference, bool expected)
    {
        var id = await PredictAsync("7d");
        await _database.ExecuteAsync($$"""
            update predictions set features = jsonb_set(jsonb_set(features::jsonb, '{kernel}', '"another"'), '{probabilities,neutral}',
                to_jsonb((features -> 'probabilities' ->> 'neutral')::numeric + {{difference}}))::json
            """);

        var (isSame, lines) = await ReplayAsync(id);

        Assert.Equal(expected, isSame);
        Assert.StartsWith("another then, ", lines.Single(line => line.Name == "kernel").Text, StringComparison.Ordinal);
    }

    // A range by an earlier volatility model is made again by that one; by one that is gone it cannot be.
    [Fact]
    public async Task EarlierVolatilityModel_MakesTheRangeAgain()
    {
        var models = Directory.CreateTempSubdirectory("replay-");
        File.Copy(Path.Combine(Repository.Checkpoints, "BTC_best.pth"), Path.Combine(models.FullName, "BTC_best.pth"));
        await _worker.DisposeAsync();
        _worker = await DatabaseWorker.StartAsync(_database, "Models:Folder", models.FullName);
        var folder = _worker.Services.GetRequiredService<CheckpointFolder>();
        folder.WriteVolatility(Wider(1.5), keepVersions: 1);
        await _worker.Services.GetRequiredService<ModelStore>().RefreshAsync(Cancel);
        var id = await PredictAsync("7d");
        folder.WriteVolatility(Wider(2), keepVersions: 1);

        Assert.Equal((true, "equal (wider 1.5)"), await RangeAsync());
        folder.WriteVolatility(Wider(3), keepVersions: 1);
        await _worker.Services.GetRequiredService<ModelStore>().RefreshAsync(Cancel);
        Assert.Equal((false, $"the volatility model {Wider(1.5).Digest} is not in the folder any more"), await RangeAsync());
        models.Delete(recursive: true);

        async Task<(bool, string)> RangeAsync()
        {
            var (isSame, lines) = await ReplayAsync(id);
            return (isSame, lines.Single(line => line.Name == "range").Text);
        }

        static VolatilityModel Wider(double factor) => VolatilityModel.Default with
        {
            Version = FormattableString.Invariant($"wider {factor}"),
            Horizons = VolatilityModel.Default.Horizons.ToDictionary(
                horizon => horizon.Key, horizon => horizon.Value with { Moves = new(0.6 * factor, 1.3 * factor, 1.8 * factor, 2.8 * factor, 0.8) }),
        };
    }

    [Fact]
    public async Task RecordWithoutARange_IsOfAnOlderService()
    {
        var id = await PredictAsync("7d");
        await _database.ExecuteAsync("update predictions set features = (features::jsonb - 'volatility_digest')::json");

        var (isSame, lines) = await ReplayAsync(id);

        Assert.True(isSame, string.Join('\n', lines));
        Assert.Equal("not recorded", lines.Single(line => line.Name == "range").Text);
    }

    [Fact]
    public async Task UnknownId_IsSaidSo()
    {
        var (isSame, lines) = await ReplayAsync("00");

        Assert.Equal((false, "'00' is not recorded"), (isSame, Assert.Single(lines).Text));
    }

    private async Task<string> PredictAsync(string timeframe, string? asOf = null)
    {
        var answer = await _worker.AskAsync<PredictRequested, PredictionAnswer>(new("BTC", timeframe) { AsOf = asOf }, Endpoints.Predict);
        await _database.UntilAsync($"select exists (select from predictions where id = '{answer.PredictionId}')");
        return answer.PredictionId;
    }

    private async Task<(bool IsSame, List<(string Name, string Text)> Lines)> ReplayAsync(string id)
    {
        var services = _worker.Services;
        var replay = new PredictionReplay(
            _database.Source, services.GetRequiredService<PriceHistory>(), services.GetRequiredService<SentimentHistory>(),
            services.GetRequiredService<SymbolCatalog>(),
            services.GetRequiredService<CheckpointFolder>(), services.GetRequiredService<ModelReader>(), services.GetRequiredService<VolatilityStore>(),
            services.GetRequiredService<IOptions<ModelsOptions>>());
        var lines = new List<(string, string)>();
        return (await replay.RunAsync(id, (name, text) => lines.Add((name, text)), Cancel), lines);
    }
}
