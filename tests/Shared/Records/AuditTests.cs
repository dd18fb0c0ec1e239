using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Tests;

/// <summary>Administrative acts are recorded with their caller, wherever records are kept.</summary>
public abstract class AuditTests(IRecordsStore store) : IAsyncLifetime
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return store.DisposeAsync();
    }

    [Fact]
    public async Task ClearedCache_IsRecordedOncePerMessage_WithItsCaller()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        var id = NewId.NextGuid();
        for (var delivery = 0; delivery < 2; delivery++)
        {
            await worker.Harness.Bus.Publish(new CacheClearRequested("BTC"), context =>
            {
                context.MessageId = id;
                CallerHeader.Set(context, "key of\u001b[2J operations");
            }, Cancel);
        }

        await worker.PublishAsync(new CacheClearRequested("ETH"));
        await UntilAsync(worker, 2);

        var acts = await ActsAsync(worker);
        var btc = Assert.Single(acts, act => act.Symbol == "BTC");
        Assert.Equal(("key of?[2J operations", "cache cleared", "done", worker.Time.GetUtcNow()), (btc.Who, btc.Act, btc.Outcome, btc.At));
        // The envelope names the program that sent it.
        Assert.Contains(" on " + Environment.MachineName, Assert.Single(acts, act => act.Symbol == "ETH").Who, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertRules_AreRecorded_WithoutTheirSecret()
    {
        await using var worker = await DatabaseWorker.StartAsync(store);
        var rule = await worker.AskAsync<AlertRulePutRequested, AlertRule>(
            new("BTC", AlertConditions.DirectionChanged) { Webhook = "https://example.com/hook/secret" }, Endpoints.Alerts);
        await worker.AskAsync<AlertRuleRemoveRequested, AlertRuleRemoved>(new(rule.Id), Endpoints.Alerts);

        Assert.Equal(
            [("alert rule removed", "", rule.Id), ("alert rule written", "BTC", $"{rule.Id} is direction_changed, with a webhook")],
            (await ActsAsync(worker)).Select(act => (act.Act, act.Symbol, act.Outcome)).Order());
    }

    private static Task<IReadOnlyList<RecordedAct>> ActsAsync(DatabaseWorker worker, string symbol = "") =>
        new AuditReader(worker.Services.GetRequiredService<IRecordsSource>()).ReadAsync(symbol, 10, Cancel);

    private static Task UntilAsync(DatabaseWorker worker, int acts) => Until.True(async () => (await ActsAsync(worker)).Count == acts);
}
