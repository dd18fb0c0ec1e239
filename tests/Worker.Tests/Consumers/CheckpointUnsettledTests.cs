using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

/// <summary>Durable requests that meet a checkpoint that is bad for a moment.</summary>
public sealed class CheckpointUnsettledTests : IAsyncLifetime
{
    private readonly Ahead _time = new();

    private TestWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new TestFolder().WithPrices("BTC", Golden.PriceLines(Golden.Bravo)).WithGarbage("BTC_best.pth"), services => services.AddSingleton<TimeProvider>(
            _time));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task FileThatIsWholeAMomentLater_IsAnsweredFrom()
    {
        var asked = AskDurablyAsync();
        Assert.Equal(RefusalReason.CheckpointRejected, (await _worker.AskAsync(new PredictRequested("BTC", "7d"))).Refusal!.Reason);
        Assert.False(asked.IsCompleted);

        _worker.Folder.WithModel("BTC_best.pth", Golden.Bravo);
        await _worker.RefreshAsync();

        var answer = (await asked).Answer!;
        Assert.Equal((await _worker.DescribeAsync("BTC")).ModelDigest, answer.ModelDigest);
    }

    [Fact]
    public async Task FileThatStaysBad_IsRefusedInTheEnd_AndThenAtOnce()
    {
        var asked = AskDurablyAsync();
        Assert.True(_worker.Services.GetRequiredService<ModelStore>().MayHaveModelSoon("BTC"));
        _time.Offset = TimeSpan.FromSeconds(31);

        Assert.Equal(RefusalReason.CheckpointRejected, (await asked).Refusal!.Reason);
        Assert.False(_worker.Services.GetRequiredService<ModelStore>().MayHaveModelSoon("BTC"));
        Assert.Equal(RefusalReason.CheckpointRejected, (await AskDurablyAsync()).Refusal!.Reason);
    }

    [Fact]
    public async Task FileThatChangesAndIsStillBad_IsGivenTimeAgain()
    {
        _time.Offset = TimeSpan.FromSeconds(31);
        var models = _worker.Services.GetRequiredService<ModelStore>();
        Assert.False(models.MayHaveModelSoon("BTC"));

        await _worker.RefreshAsync();
        Assert.False(models.MayHaveModelSoon("BTC"));
        await File.AppendAllTextAsync(Path.Combine(_worker.Folder.Models, "BTC_best.pth"), " and more", Cancel);
        await _worker.RefreshAsync();

        Assert.True(models.MayHaveModelSoon("BTC"));
    }

    private Task<Result<PredictionAnswer>> AskDurablyAsync() =>
        _worker.AskAsync<PredictRequested, PredictionAnswer>(Endpoints.PredictDurable, new PredictRequested("BTC", "7d"));

    private sealed class Ahead : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2025, 3, 1, 12, 0, 0, TimeSpan.Zero) + Offset;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Offset.TotalSeconds * TimestampFrequency);
    }
}
