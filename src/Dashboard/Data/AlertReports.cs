using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>The rules and what they raised. Each part is an answer or a refusal of its own.</summary>
internal sealed record AlertReport(Result<AlertRules> Rules, Result<AlertHistory> Alerts);

/// <summary>Asks for rules and alerts. Open pages share one question for some seconds.</summary>
internal sealed class AlertReports(IServiceProvider services, TimeProvider time)
{
    /// <summary>The most rules, and the most alerts, of a page.</summary>
    public const int Most = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);

    private readonly Lock _lock = new();
    private Task<AlertReport>? _report;
    private long _askedAt;

    /// <summary>Rules and alerts.</summary>
    /// <param name="afterChange">Whether a rule has just been changed.</param>
    public Task<AlertReport> GetAsync(bool afterChange)
    {
        lock (_lock)
        {
            if (_report is null or { IsFaulted: true } or { IsCanceled: true } || afterChange || time.GetElapsedTime(_askedAt) >= Lifetime)
            {
                (_report, _askedAt) = (ReadAsync(), time.GetTimestamp());
            }

            return _report;
        }
    }

    private async Task<AlertReport> ReadAsync()
    {
        var client = services.GetRequiredService<IAlertClient>();
        var (rules, alerts) = (client.GetAlertRulesAsync(Most), client.GetAlertsAsync(limit: Most));
        await Task.WhenAll(rules, alerts);
        return new(await rules, await alerts);
    }
}
