using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Alerts;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers questions about alert rules and alerts, changes rules, and tests webhooks.</summary>
internal sealed partial class AlertsConsumer(RequestRules rules, IServiceProvider services, AuditLog audit, TimeProvider time, ILogger<AlertsConsumer> logger)
    : IConsumer<AlertRulesRequested>, IConsumer<AlertRulePutRequested>, IConsumer<AlertRuleRemoveRequested>, IConsumer<AlertRuleTestRequested>,
        IConsumer<AlertsRequested>
{
    private static readonly RequestRefused NoDatabase = new(
        RefusalReason.RecordsUnavailable, "this service keeps no alert rules: it has no database that it writes to");
    private static readonly RequestRefused DatabaseUnavailable = new(
        RefusalReason.RecordsUnavailable, "the database of alert rules does not answer; try again shortly");

    public Task Consume(ConsumeContext<AlertRulesRequested> context) =>
        AnswerAsync<AlertRules>(context, rules.Check(context.Message, out var symbol), async store =>
        {
            var found = await store.ListAsync(context.Message, symbol, context.CancellationToken);
            return context.Message.Id is { } id && found.Rules.Count == 0 ? NotFound(id) : found;
        });

    public async Task Consume(ConsumeContext<AlertRulePutRequested> context)
    {
        var rule = rules.Check(context.Message);
        await AnswerAsync<AlertRule>(context, rule.Refusal, async store =>
        {
            var stored = await store.PutAsync(rule.Answer!, context.CancellationToken);
            if (stored.Answer is { } put)
            {
                LogPut(put.Id, put.When, put.Symbol);
                var webhook = put.Webhook is null ? "" : ", with a webhook";
                await audit.WriteAsync(context, "alert rule written", put.Symbol, $"{put.Id} is {put.When}{webhook}");
                await RefreshAsync(context.CancellationToken);
            }

            return stored;
        });
    }

    public Task Consume(ConsumeContext<AlertRuleRemoveRequested> context) =>
        AnswerAsync<AlertRuleRemoved>(context, RequestRules.RuleId(context.Message.Id, "id"), async store =>
        {
            if (!await store.RemoveAsync(context.Message.Id, context.CancellationToken))
            {
                return NotFound(context.Message.Id);
            }

            LogRemoved(context.Message.Id);
            await audit.WriteAsync(context, "alert rule removed", "", context.Message.Id);
            await RefreshAsync(context.CancellationToken);
            return new AlertRuleRemoved(context.Message.Id);
        });

    public Task Consume(ConsumeContext<AlertRuleTestRequested> context) =>
        AnswerAsync<WebhookTested>(context, RequestRules.RuleId(context.Message.Id, "id"), async store =>
        {
            if (await store.FindAsync(context.Message.Id, context.CancellationToken) is not { } rule)
            {
                return NotFound(context.Message.Id);
            }

            if (rule is not { Webhook: { } url, Secret: { } secret })
            {
                return new RequestRefused(RefusalReason.InvalidRequest, $"the rule {rule.Id} has no webhook: expected one with a webhook");
            }

            var id = $"test_{NewId.NextGuid():N}";
            var result = await services.GetRequiredService<WebhookSender>().PostAsync(
                url, secret, id, WebhookEvent.OfTest(rule, id, Now), context.CancellationToken);
            await audit.WriteAsync(context, "webhook tested", rule.Symbol, $"{rule.Id}: {result.Error ?? "delivered"}");
            return new WebhookTested(result.Error is null, (int?)result.Status, (long)result.Duration.TotalMilliseconds, result.Error);
        });

    public Task Consume(ConsumeContext<AlertsRequested> context) => AnswerAsync<AlertHistory>(
        context, rules.Check(context.Message, out var symbol), async store => await store.AlertsAsync(context.Message, symbol, context.CancellationToken));

    private async Task AnswerAsync<TAnswer>(ConsumeContext context, RequestRefused? refusal, Func<AlertRuleStore, Task<Result<TAnswer>>> ask)
        where TAnswer : class
    {
        var result = refusal is null ? await AskAsync(ask) : refusal;
        await (result.IsRefused ? context.ReplyAsync(result.Refusal) : context.ReplyAsync(result.Answer));
    }

    private async Task<Result<TAnswer>> AskAsync<TAnswer>(Func<AlertRuleStore, Task<Result<TAnswer>>> ask) where TAnswer : class
    {
        if (services.GetService<AlertRuleStore>() is not { } store)
        {
            return NoDatabase;
        }

        try
        {
            return await ask(store);
        }
        catch (Exception failure) when (services.GetRequiredService<IRecordsDatabase>().IsUnavailable(failure))
        {
            LogUnavailable(failure);
            return DatabaseUnavailable;
        }
    }

    // In milliseconds, as alerts are.
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    // Other workers see the change within a second.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var book = services.GetRequiredService<RuleBook>();
        await book.RefreshAsync((await book.ReadAsync(cancellationToken)).Version, cancellationToken);
    }

    private static RequestRefused NotFound(string id) => new(RefusalReason.RuleNotFound, $"there is no alert rule {CallerText.Quoted(id)}");

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert rule {Rule} is {Condition} of {Symbol}")]
    private partial void LogPut(string rule, string condition, string symbol);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert rule {Rule} was removed")]
    private partial void LogRemoved(string rule);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert rules could not be read or written")]
    private partial void LogUnavailable(Exception exception);
}

internal sealed class AlertsConsumerDefinition : InteractiveConsumerDefinition<AlertsConsumer>
{
    public AlertsConsumerDefinition() => EndpointName = Endpoints.Alerts;
}
