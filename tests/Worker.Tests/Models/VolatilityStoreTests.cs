using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Models;

public sealed class VolatilityStoreTests : IAsyncLifetime
{
    private static readonly VolatilityModel Wider = Scaled("v2024.1.1", 1.5);

    private readonly TestFolder _folder = new TestFolder().WithPrices("BTC", Golden.PriceLines(Golden.Alpha)).WithModel("BTC_best.pth", Golden.Alpha);
    private TestWorker _worker = null!;

    private VolatilityStore Store => _worker.Services.GetRequiredService<VolatilityStore>();

    private string Path => System.IO.Path.Combine(_folder.Models, CheckpointFolder.VolatilityName);

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(_folder);

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task ANewFile_EndsCachedAnswers_AndItsRemovalToo()
    {
        var before = await _worker.PredictAsync("BTC");
        Assert.Equal(VolatilityModel.Default.Digest, before.VolatilityDigest);
        _worker.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(before.GeneratedAt, (await _worker.PredictAsync("BTC")).GeneratedAt);

        await WriteAsync(VolatilityFile.Write(Wider));
        var after = await _worker.PredictAsync("BTC");

        Assert.Equal(Wider.Digest, after.VolatilityDigest);
        Assert.NotEqual(before.PredictionId, after.PredictionId);
        Assert.Equal(before.Prediction.Probabilities, after.Prediction.Probabilities);
        Assert.Equal(before.Prediction.ExpectedVolatility, after.Prediction.ExpectedVolatility);
        Assert.True(after.Prediction.Interval!.High > before.Prediction.Interval!.High);
        File.Delete(Path);
        await _worker.RefreshAsync();
        Assert.Equal(before.PredictionId, (await _worker.PredictAsync("BTC")).PredictionId);
    }

    [Fact]
    public async Task ABadFile_IsReported_AndWhatServedGoesOn()
    {
        await WriteAsync(VolatilityFile.Write(Wider));
        await WriteAsync("""{"format": "coinsphere-volatility-1", "version": "v3"}"""u8.ToArray());

        Assert.Equal(Wider.Digest, (await _worker.PredictAsync("BTC")).VolatilityDigest);
        var note = Assert.Single(_worker.Services.GetRequiredService<Conditions>().Notes, note => note.StartsWith("volatility", StringComparison.Ordinal));
        Assert.Contains("volatility goes on with v2024.1.1: volatility.json: garch: it is missing, expected an object", note, StringComparison.Ordinal);
        await WriteAsync(VolatilityFile.Write(Wider));
        Assert.DoesNotContain(_worker.Services.GetRequiredService<Conditions>().Notes, note => note.StartsWith("volatility", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFileThatIsTooLarge_IsNotRead()
    {
        await WriteAsync(new byte[VolatilityFile.MaxBytes + 1]);

        Assert.Equal(VolatilityModel.Default.Digest, Store.Current.Digest);
        Assert.Contains(
            _worker.Services.GetRequiredService<Conditions>().Notes, note => note.Contains("it is larger than 1048576 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EarlierModels_StayForReplay_AsManyAsAreKept()
    {
        var folder = _worker.Services.GetRequiredService<CheckpointFolder>();
        VolatilityModel[] models = [.. Enumerable.Range(1, 5).Select(i => Scaled($"v{i}", 1 + (0.1 * i)))];
        foreach (var model in models)
        {
            folder.WriteVolatility(model, keepVersions: 2);
        }

        await _worker.RefreshAsync();

        Assert.Equal("v5", Store.Current.Version);
        Assert.Equal(["volatility_v3.json", "volatility_v4.json"], folder.VolatilityVersions().Select(path => System.IO.Path.GetFileName(path)));
        Assert.Equal(["-", "-", "v3", "v4", "v5"], models.Select(model => Store.Find(model.Digest)?.Version ?? "-"));
        Assert.Equal(VolatilityModel.Default.Version, Store.Find(VolatilityModel.Default.Digest)!.Version);
    }

    // Killed between the copy of what served and the new file.
    [Fact]
    public void AnInterruptedWriting_IsDoneAgain()
    {
        var folder = _worker.Services.GetRequiredService<CheckpointFolder>();
        folder.WriteVolatility(Wider, 3);
        File.Copy(Path, System.IO.Path.Combine(_folder.Models, "volatility_v1.json"));

        folder.WriteVolatility(Scaled("v2", 2), 3);

        Assert.Single(folder.VolatilityVersions());
        Assert.Equal("v2", VolatilityStore.Read(Path).Version);
    }

    private static VolatilityModel Scaled(string version, double factor) => VolatilityModel.Default with
    {
        Version = version,
        Horizons = VolatilityModel.Default.Horizons.ToDictionary(horizon => horizon.Key, horizon => horizon.Value with
        {
            Moves = horizon.Value.Moves with { Ninety = horizon.Value.Moves.Ninety * factor, Tail = horizon.Value.Moves.Tail * factor },
        }),
    };

    private async Task WriteAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(Path, content, TestContext.Current.CancellationToken);
        await _worker.RefreshAsync();
    }
}
