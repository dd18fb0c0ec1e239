using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly MemoryResultCache _cache = new(FakeTime.At(TestWorker.Now), Options.Create(new CacheOptions()));
    private readonly ListLogger<ModelStore> _log = new();
    private readonly ModelStore _store;
    private int _changes;

    public ModelStoreTests()
    {
        _store = TestModels.Store(new ModelsOptions { Folder = _folder.Models }, SymbolCatalog.Default, _cache, _log);
        _store.Changed += () => _changes++;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task NoFile_IsNotTrained()
    {
        Assert.Equal(RefusalReason.ModelNotTrained, (await _store.GetAsync("BTC", Cancel)).Refusal?.Reason);
        Assert.Equal(new ModelInfo("BTC", "not_trained", "N/A", null, null, null, null, null), await _store.DescribeAsync("BTC", Cancel));
        Assert.Empty(_store.LoadedSymbols);
        Assert.Equal(0, _changes);
    }

    [Fact]
    public async Task File_IsReadOnce()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);

        var model = await GetAsync("BTC");

        Assert.Same(model, await GetAsync("BTC"));
        Assert.Equal("BTC_best", model.Name);
        Assert.Equal(["BTC"], _store.LoadedSymbols);
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task ConcurrentFirstUses_ShareOneReading()
    {
        _folder.WithModel("BTC_best.pth", Golden.Charlie);
        using var together = new Barrier(8);

        var models = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait(Cancel);
                return GetAsync("BTC");
            },
            Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        Assert.Single(models.Distinct());
        Assert.Single(_log.Entries, entry => entry.Text.Contains("loaded", StringComparison.Ordinal));
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task ChangedFile_TakesTheOldModelsPlaceAndEndsItsAnswers()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        var (old, version) = (await GetAsync("BTC"), await VersionAsync());

        _folder.WithModel("BTC_best.pth", Golden.Delta);
        await _store.RefreshAsync(Cancel);

        Assert.NotEqual(old.Digest, (await GetAsync("BTC")).Digest);
        Assert.NotEqual(version, await VersionAsync());
        Assert.Equal(2, _changes);
    }

    [Fact]
    public async Task RewrittenFileOfTheSameModel_EndsNothing()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        await GetAsync("BTC");
        var version = await VersionAsync();

        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        await _store.RefreshAsync(Cancel);
        await GetAsync("BTC");

        Assert.Equal(version, await VersionAsync());
    }

    [Fact]
    public async Task BadFile_IsReportedWhileTheOldModelGoesOn()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        var (old, version) = (await GetAsync("BTC"), await VersionAsync());

        _folder.WithGarbage("BTC_best.pth");
        await _store.RefreshAsync(Cancel);
        var info = await _store.DescribeAsync("BTC", Cancel);

        Assert.Same(old, await GetAsync("BTC"));
        Assert.Equal(("trained", old.Digest), (info.Status, info.ModelDigest));
        Assert.Contains("BTC_best.pth", info.Error, StringComparison.Ordinal);
        Assert.Equal(version, await VersionAsync());

        _folder.WithModel("BTC_best.pth", Golden.Delta);
        await _store.RefreshAsync(Cancel);
        var repaired = await _store.DescribeAsync("BTC", Cancel);

        Assert.Null(repaired.Error);
        Assert.NotEqual(old.Digest, repaired.ModelDigest);
        Assert.NotEqual(version, await VersionAsync());
    }

    [Fact]
    public async Task BadFirstFile_IsRejectedByName()
    {
        _folder.WithGarbage("BTC_best.pth");

        var refusal = (await _store.GetAsync("BTC", Cancel)).Refusal;

        Assert.Equal(RefusalReason.CheckpointRejected, refusal?.Reason);
        Assert.Contains("BTC_best.pth", refusal!.Detail, StringComparison.Ordinal);
        Assert.Equal("not_trained", (await _store.DescribeAsync("BTC", Cancel)).Status);
    }

    [Fact]
    public async Task DeletedFile_IsNotTrainedAndEndsItsAnswers()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        await GetAsync("BTC");
        var version = await VersionAsync();

        _folder.DeleteModel("BTC_best.pth");
        await _store.RefreshAsync(Cancel);

        Assert.Equal(RefusalReason.ModelNotTrained, (await _store.GetAsync("BTC", Cancel)).Refusal?.Reason);
        Assert.Empty(_store.LoadedSymbols);
        Assert.NotEqual(version, await VersionAsync());
    }

    [Fact]
    public async Task AliasFile_ServesItsSymbol()
    {
        _folder.WithModel("POL_best.pth", Golden.Bravo).WithModel("POL_v1.pth", Golden.Delta);

        Assert.Equal("POL_best", (await GetAsync("MATIC")).Name);
        Assert.Equal(["POL_best", "POL_v1"], await NamesAsync("MATIC"));
        Assert.Equal(["MATIC"], _store.LoadedSymbols);
    }

    [Fact]
    public async Task Versions_FollowTheBestByNumber()
    {
        _folder.WithModel("BTC_v10.pth", Golden.Bravo).WithModel("BTC_v2.pth", Golden.Bravo).WithModel("BTC_v1.pth", Golden.Delta)
            .WithModel("BTC_best.pth", Golden.Delta).WithModel("BTC_vx.pth", Golden.Delta).WithModel("BTC_v-1.pth", Golden
                .Delta).WithModel("BTCB_v3.pth", Golden.Delta);

        Assert.Equal(["BTC_best", "BTC_v1", "BTC_v2", "BTC_v10"], await NamesAsync("BTC"));
    }

    [Fact]
    public async Task VersionThatComesOrGoes_EndsTheSymbolsAnswers()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        await NamesAsync("BTC");
        var alone = await VersionAsync();

        _folder.WithModel("BTC_v1.pth", Golden.Delta);
        await _store.RefreshAsync(Cancel);
        Assert.Equal(2, (await NamesAsync("BTC")).Length);
        var both = await VersionAsync();
        _folder.DeleteModel("BTC_v1.pth");
        await _store.RefreshAsync(Cancel);
        Assert.Single(await NamesAsync("BTC"));

        Assert.Equal(3, new[] { alone, both, await VersionAsync() }.Distinct().Count());
    }

    [Fact]
    public async Task BadVersion_LeavesTheOthers()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo).WithGarbage("BTC_v1.pth").WithModel("BTC_v2.pth", Golden.Delta);

        Assert.Equal(["BTC_best", "BTC_v2"], await NamesAsync("BTC"));
    }

    [Fact]
    public async Task ForgottenModel_IsReadAnew()
    {
        _folder.WithModel("BTC_best.pth", Golden.Bravo);
        var old = await GetAsync("BTC");

        _store.Forget("BTC");

        Assert.Empty(_store.LoadedSymbols);
        Assert.NotSame(old, await GetAsync("BTC"));
        Assert.Equal(old.Digest, (await GetAsync("BTC")).Digest);
    }

    private async Task<LoadedModel> GetAsync(string symbol) => (await _store.GetAsync(symbol, Cancel)).Answer!;

    private async Task<string[]> NamesAsync(string symbol) => (await _store.GetAllAsync(symbol, Cancel)).Answer!.Select(model => model.Name).ToArray();

    private ValueTask<CacheVersion> VersionAsync() => _cache.VersionAsync("BTC", Cancel);
}
