using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Integration.Tests.Prices;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Records;

/// <summary>Predictions recorded in PostgreSQL made again.</summary>
public sealed class PredictionReplayTests : ReplayTests
{
    private readonly TestDatabase _database;

    public PredictionReplayTests() : this(TestDatabase.Unmade())
    {
    }

    private PredictionReplayTests(TestDatabase database) : base(database) => _database = database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await _database.MakeAsync();
        await base.InitializeAsync();
    }

    [Fact]
    public async Task OnnxModel_MakesEveryRecordedDigitAgain()
    {
        var models = Directory.CreateTempSubdirectory("replay-");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Golden", "gru.onnx"), Path.Combine(models.FullName, "BTC_best.onnx"));
        await RestartAsync("Models:Folder", models.FullName);
        var id = await PredictAsync("7d");

        var (isSame, lines) = await ReplayAsync(id);

        Assert.True(isSame, string.Join('\n', lines));
        Assert.Equal(("same (BTC_best.onnx)", "equal to every recorded digit"), (lines[1].Text, lines[^2].Text));
        Assert.StartsWith("same (onnxruntime-", lines.Single(line => line.Name == "kernel").Text, StringComparison.Ordinal);
        models.Delete(recursive: true);
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
        await RestartAsync("Models:Folder", models.FullName);
        var folder = Worker.Services.GetRequiredService<CheckpointFolder>();
        folder.WriteVolatility(Wider(1.5), keepVersions: 1);
        await Worker.Services.GetRequiredService<ModelStore>().RefreshAsync(Cancel);
        var id = await PredictAsync("7d");
        folder.WriteVolatility(Wider(2), keepVersions: 1);

        Assert.Equal((true, "equal (wider 1.5)"), await RangeAsync());
        folder.WriteVolatility(Wider(3), keepVersions: 1);
        await Worker.Services.GetRequiredService<ModelStore>().RefreshAsync(Cancel);
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

    private protected override async Task WritePricesAsync(DatabaseWorker worker, string symbol, Bar[] bars)
    {
        await _database.ExecuteAsync("delete from price_data");
        await worker.Services.GetRequiredService<PriceWriter>().WriteAsync(symbol, bars, DateTimeOffset.UnixEpoch, Cancel);
    }
}
