using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client.Http;

internal sealed partial class HttpPredictionClient : IAlertClient
{
    private const string RulesPath = "api/v1/alerts/rules";

    private static readonly byte[] NoFields = "{}"u8.ToArray();

    public Task<Result<AlertRules>> GetAlertRulesAsync(int limit, int offset, CancellationToken cancellationToken) =>
        GetAsync(Path($"{RulesPath}?limit={limit}&offset={offset}"), ClientJson.Default.AlertRules, cancellationToken);

    public Task<Result<AlertRule>> GetAlertRuleAsync(string id, CancellationToken cancellationToken) =>
        OfRuleAsync(id, HttpMethod.Get, "", body: null, ClientJson.Default.AlertRule, cancellationToken);

    public async Task<Result<AlertRule>> PutAlertRuleAsync(AlertRulePutRequested rule, CancellationToken cancellationToken)
    {
        if (NumberSyntax.Check("value", rule.Value) is { } refusal)
        {
            return refusal;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(rule, ClientJson.Default.AlertRulePutRequested);
        if (rule.Id is not null)
        {
            return await OfRuleAsync(rule.Id, HttpMethod.Put, "", body, ClientJson.Default.AlertRule, cancellationToken);
        }

        var reply = await SendAsync(HttpMethod.Post, RulesPath, body, cancellationToken);
        return reply.IsRefused ? reply.Refusal : reply.Answer.Read(ClientJson.Default.AlertRule);
    }

    public Task<Result<AlertRuleRemoved>> RemoveAlertRuleAsync(string id, CancellationToken cancellationToken) =>
        OfRuleAsync(id, HttpMethod.Delete, "", body: null, ClientJson.Default.AlertRuleRemoved, cancellationToken);

    public Task<Result<WebhookTested>> TestAlertRuleAsync(string id, CancellationToken cancellationToken) =>
        OfRuleAsync(id, HttpMethod.Post, "/test", NoFields, ClientJson.Default.WebhookTested, cancellationToken);

    public Task<Result<AlertHistory>> GetAlertsAsync(string? symbol, string? rule, int limit, int offset, CancellationToken cancellationToken) => GetAsync(
        Path($"api/v1/alerts?limit={limit}&offset={offset}") + Parameter("symbol", symbol) + Parameter("rule", rule),
        ClientJson.Default.AlertHistory,
        cancellationToken);

    private static string Parameter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private async Task<Result<T>> OfRuleAsync<T>(
        string id, HttpMethod method, string action, byte[]? body, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        // A text that is no id could change the path.
        if (RequestRules.RuleId(id, "id") is { } refusal)
        {
            return refusal;
        }

        var reply = await SendAsync(method, $"{RulesPath}/{id}{action}", body, cancellationToken);
        return reply.IsRefused ? reply.Refusal : reply.Answer.Read(type);
    }
}
