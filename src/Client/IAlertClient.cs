using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>
/// Lists, makes and removes alert rules, tests their webhooks, and lists the alerts that they raised, over HTTP. Results and errors are those of <see
/// cref="IPredictionClient"/>. Rules can be changed only where the gateway is bound to loopback; elsewhere it refuses with <see
/// cref="RefusalReason.NotAllowed"/>.
/// </summary>
public interface IAlertClient
{
    /// <summary>The rules, oldest first.</summary>
    /// <param name="limit">The most rules, 1 to <see cref="RequestRules.MaxAlerts"/>.</param>
    /// <param name="offset">How many to skip.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<AlertRules>> GetAlertRulesAsync(
        int limit = AlertRulesRequested.DefaultLimit, int offset = 0, CancellationToken cancellationToken = default);

    /// <summary>The rule of an id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<AlertRule>> GetAlertRuleAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Makes a rule, or replaces the one of its id. The answer has the webhook's secret where that is new.</summary>
    /// <param name="rule">The rule; without an id, a new one.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<AlertRule>> PutAlertRuleAsync(AlertRulePutRequested rule, CancellationToken cancellationToken = default);

    /// <summary>Removes a rule.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<AlertRuleRemoved>> RemoveAlertRuleAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Posts a test event to a rule's webhook.</summary>
    /// <param name="id">The rule's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What became of it; an answer also where the receiver did not accept it.</returns>
    Task<Result<WebhookTested>> TestAlertRuleAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>The raised alerts, newest first.</summary>
    /// <param name="symbol">Only of this symbol; null means all.</param>
    /// <param name="rule">Only of the rule of this id; null means all.</param>
    /// <param name="limit">The most alerts, 1 to <see cref="RequestRules.MaxAlerts"/>.</param>
    /// <param name="offset">How many of the newest to skip.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<Result<AlertHistory>> GetAlertsAsync(
        string? symbol = null, string? rule = null, int limit = AlertsRequested.DefaultLimit, int offset = 0, CancellationToken cancellationToken = default);
}
