using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Alerts;

/// <summary>Alert rules and alerts over HTTP.</summary>
internal static class AlertEndpoints
{
    private const string Tag = "Alerts";

    // A webhook has ten seconds.
    private static readonly TimeSpan TestBudget = TimeSpan.FromSeconds(15);

    private static readonly Uri Alerts = Endpoints.Address(Endpoints.Alerts);

    private static readonly RefusalReason[] Asking =
    [
        RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.RecordsUnavailable, RefusalReason.Overloaded,
        RefusalReason.BrokerUnavailable, RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
    ];

    private static readonly RefusalReason[] AskingOne = [.. Asking.Except([RefusalReason.UnsupportedSymbol]), RefusalReason.RuleNotFound];
    private static readonly RefusalReason[] Changing = [.. AskingOne, RefusalReason.NotAllowed];

    private static readonly RefusalReason[] Putting =
    [
        .. Asking, RefusalReason.UnsupportedTimeframe, RefusalReason.RequestTooLarge, RefusalReason.TooManyRules, RefusalReason.NotAllowed,
    ];

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/alerts", AlertsAsync)
            .Describe(Tag, RequestFields.AlertsOperation, "The alerts that rules have raised, newest first, in pages.", Asking, RequestDeadline.Single)
            .Answers(Examples.Alerts);
        routes.MapGet("/api/v1/alerts/rules", RulesAsync)
            .Describe(Tag, RequestFields.AlertRulesOperation, "The alert rules, oldest first, in pages.", Asking, RequestDeadline.Single)
            .Answers(Examples.AlertRules);
        routes.MapGet("/api/v1/alerts/rules/{id}", RuleAsync)
            .Describe(Tag, "GetAlertRule", "An alert rule.", AskingOne, RequestDeadline.Single)
            .Answers(Examples.AlertRule);
        routes.MapPost("/api/v1/alerts/rules", PostAsync)
            .Describe(Tag, "PostAlertRule", "Makes an alert rule. The answer has the webhook's secret, this once.", Putting, RequestDeadline.Single)
            .Accepts<AlertRuleBody>("application/json").Answers(Examples.NewAlertRule, Examples.AlertRuleRequest, isCached: false).Needs(KeyScope.Admin);
        routes.MapPut("/api/v1/alerts/rules/{id}", PutAsync)
            .Describe(Tag, "PutAlertRule", "Makes the alert rule of an id, or replaces it.", Putting, RequestDeadline.Single)
            .Accepts<AlertRuleBody>("application/json").Answers(Examples.AlertRule, Examples.AlertRuleRequest, isCached: false).Needs(KeyScope.Admin);
        routes.MapDelete("/api/v1/alerts/rules/{id}", DeleteAsync)
            .Describe(Tag, "DeleteAlertRule", "Removes an alert rule. Its alerts stay listed.", Changing, RequestDeadline.Single)
            .Answers(Examples.AlertRuleRemoved).Needs(KeyScope.Admin);
        routes.MapPost("/api/v1/alerts/rules/{id}/test", TestAsync)
            .Describe(Tag, "TestAlertRule", "Posts a test event to the webhook of an alert rule, and tells what became of it.", Changing, TestBudget)
            .Answers(Examples.WebhookTested).Needs(KeyScope.Admin);
    }

    private static Task<Results<JsonHttpResult<AlertHistory>, Problem>> AlertsAsync(
        string? symbol, string? rule, string? limit, string? offset, HttpRequest http, RequestRules rules, WorkerClient workers) =>
        http.AskAsync<AlertsRequested, AlertHistory>(Alerts, ["symbol", "rule", "limit", "offset"], RequestDeadline.Single, workers, () =>
        {
            if (Page(limit, AlertsRequested.DefaultLimit, offset, out var most, out var skipped) is { } refusal)
            {
                return refusal;
            }

            var request = new AlertsRequested { Symbol = symbol, Rule = rule, Limit = most, Offset = skipped };
            return rules.Check(request, out var _) is { } wrong ? wrong : request;
        }, ContractsJson.Body.AlertHistory);

    private static Task<Results<JsonHttpResult<AlertRules>, Problem>> RulesAsync(
        string? symbol, string? limit, string? offset, HttpRequest http, RequestRules rules, WorkerClient workers) =>
        http.AskAsync<AlertRulesRequested, AlertRules>(Alerts, ["symbol", "limit", "offset"], RequestDeadline.Single, workers, () =>
        {
            if (Page(limit, AlertRulesRequested.DefaultLimit, offset, out var most, out var skipped) is { } refusal)
            {
                return refusal;
            }

            var request = new AlertRulesRequested { Symbol = symbol, Limit = most, Offset = skipped };
            return rules.Check(request, out var _) is { } wrong ? wrong : request;
        }, ContractsJson.Body.AlertRules);

    private static async Task<Results<JsonHttpResult<AlertRule>, Problem>> RuleAsync(string id, HttpRequest http, RequestRules rules, WorkerClient workers)
    {
        var found = await http.AskAsync<AlertRulesRequested, AlertRules>(Alerts, [], RequestDeadline.Single, workers, () =>
        {
            var request = new AlertRulesRequested { Id = id };
            return rules.Check(request, out var _) is { } wrong ? wrong : request;
        }, ContractsJson.Body.AlertRules);
        return found.Result is JsonHttpResult<AlertRules> { Value.Rules: [var rule] }
            ? TypedResults.Json(rule, ContractsJson.Body.AlertRule)
            : (Problem)found.Result;
    }

    private static Task<Results<JsonHttpResult<AlertRule>, Problem>> PostAsync(HttpRequest http, OwnMachine own, RequestRules rules, WorkerClient workers) =>
        PutAsync(null, http, own, rules, workers);

    private static async Task<Results<JsonHttpResult<AlertRule>, Problem>> PutAsync(
        string? id, HttpRequest http, OwnMachine own, RequestRules rules, WorkerClient workers)
    {
        if (own.Refuse(http) is { } notAllowed)
        {
            return (Problem)notAllowed;
        }

        if ((RequestBody.Unsupported(http) ?? NotJson(http)) is { } unsupported)
        {
            return unsupported;
        }

        if (IgnoredFields.CheckQueryBesideBody(http, BodiesJson.Default.AlertRuleBody) is { } misplaced)
        {
            return (Problem)misplaced;
        }

        var body = await RequestBody.ReadAsync(http, BodiesJson.Default.AlertRuleBody);
        return await http.AskAsync<AlertRulePutRequested, AlertRule>(Alerts, [.. http.Query.Keys], RequestDeadline.Single, workers, () =>
        {
            if (body.IsRefused)
            {
                return body.Refusal;
            }

            if (body.Answer.Id is { } named && named != id)
            {
                return Invalid(id is null
                    ? "id is made by the service: leave it out, or PUT /api/v1/alerts/rules/{id}"
                    : $"id is {CallerText.Quoted(named)} in the body and {CallerText.Quoted(id)} in the path: expected the same, or none in the body");
            }

            var request = body.Answer.ToMessage(id);
            return rules.Check(request).Refusal is { } wrong ? wrong : request;
        }, ContractsJson.Body.AlertRule);
    }

    private static Task<Results<JsonHttpResult<AlertRuleRemoved>, Problem>> DeleteAsync(string id, HttpRequest http, OwnMachine own, WorkerClient workers) =>
        ChangeAsync(id, http, own, workers, RequestDeadline.Single, new AlertRuleRemoveRequested(id), ContractsJson.Body.AlertRuleRemoved);

    private static async Task<Results<JsonHttpResult<WebhookTested>, Problem>> TestAsync(string id, HttpRequest http, OwnMachine own, WorkerClient workers) =>
        NotJson(http) is { } unsupported
            ? unsupported
            : await ChangeAsync(id, http, own, workers, TestBudget, new AlertRuleTestRequested(id), ContractsJson.Body.WebhookTested);

    private static async Task<Results<JsonHttpResult<TAnswer>, Problem>> ChangeAsync<TRequest, TAnswer>(
        string id, HttpRequest http, OwnMachine own, WorkerClient workers, TimeSpan budget, TRequest request, JsonTypeInfo<TAnswer> type)
        where TRequest : class
        where TAnswer : class =>
        own.Refuse(http) is { } notAllowed
            ? (Problem)notAllowed
            : await http.AskAsync<TRequest, TAnswer>(
                Alerts, [], budget, workers, () => RequestRules.RuleId(id, "id") is { } wrong ? wrong : request, type);

    // A form of a page on another site cannot send JSON without being asked for first.
    private static Problem? NotJson(HttpRequest http) => http.HasJsonContentType()
        ? null
        : Problem.UnsupportedMedia($"the request must be sent as Content-Type: application/json, found {CallerText.Quoted(http.ContentType)}");

    private static RequestRefused? Page(string? limitText, int standard, string? offsetText, out int limit, out int offset)
    {
        var wrongLimit = Number(limitText, "limit", standard, out limit);
        var wrongOffset = Number(offsetText, "offset", 0, out offset);
        return wrongLimit ?? wrongOffset;
    }

    private static RequestRefused? Number(string? text, string name, int standard, out int number)
    {
        number = standard;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? null
            : Invalid($"{name} must be a whole number such as {standard}, found {CallerText.Quoted(text)}");
    }

    private static RequestRefused Invalid(string detail) => new(RefusalReason.InvalidRequest, detail);
}
