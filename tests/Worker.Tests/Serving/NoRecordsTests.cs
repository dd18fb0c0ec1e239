using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>A worker without a database keeps no predictions, and says so.</summary>
public sealed class NoRecordsTests
{
    [Fact]
    public async Task HistoryAndAccuracy_AreRefused()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));

        var history = await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(Endpoints.Records, new("DELTA"));
        var accuracy = await worker.AskAsync<PredictionAccuracyRequested, PredictionAccuracy>(Endpoints.Records, new("DELTA"));

        Assert.Equal((RefusalReason.RecordsUnavailable, RefusalReason.RecordsUnavailable), (history.Refusal!.Reason, accuracy.Refusal!.Reason));
        Assert.Contains("no database", history.Refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(
            RefusalReason.InvalidRequest,
            (await worker.AskAsync<PredictionHistoryRequested, PredictionHistory>(Endpoints.Records, new("DELTA", 0))).Refusal!.Reason);
    }
}
