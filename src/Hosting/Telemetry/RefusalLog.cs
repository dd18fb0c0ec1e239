using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Logs refused requests: in each minute the first few of a reason one by one, and the rest in one line, since there may be thousands per second. At
/// level Debug each has a line.
/// </summary>
public sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger) : IDisposable
{
    private const int LoggedOneByOne = 5;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private ITimer? _end;

    /// <summary>A request was refused.</summary>
    /// <param name="question">The question.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="requestId">The id by which the sender knows the request.</param>
    public void Refused(string question, RequestRefused refusal, string? requestId)
    {
        var reason = RefusalReasonConverter.NameOf(refusal.Reason);
        if (Count(reason) <= LoggedOneByOne)
        {
            LogRefused(question, reason, refusal.Detail, requestId);
        }
        else
        {
            LogOneOfMany(question, reason, refusal.Detail, requestId);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _end?.Dispose();
        }

        EndPeriod();
    }

    private long Count(string reason)
    {
        lock (_lock)
        {
            if (_counts.Count == 0)
            {
                _end?.Dispose();
                _end = time.CreateTimer(_ => EndPeriod(), null, Conditions.Reminder, Timeout.InfiniteTimeSpan);
            }

            return _counts[reason] = _counts.GetValueOrDefault(reason) + 1;
        }
    }

    private void EndPeriod()
    {
        KeyValuePair<string, long>[] remaining;
        lock (_lock)
        {
            remaining = [.. _counts.Where(count => count.Value > LoggedOneByOne).Select(count => KeyValuePair.Create(count.Key, count.Value - LoggedOneByOne))];
            _counts.Clear();
        }

        if (remaining.Length > 0)
        {
            var sum = remaining.Sum(count => count.Value);
            var reasons = string.Join(", ", remaining.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")));
            LogMany(sum, reasons);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Question}: {Reason}, {Detail}, request {RequestId}")]
    private partial void LogRefused(string question, string reason, string detail, string? requestId);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Refused {Question}: {Reason}, {Detail}, request {RequestId}")]
    private partial void LogOneOfMany(string question, string reason, string detail, string? requestId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Count} more requests within a minute: {Reasons}")]
    private partial void LogMany(long count, string reasons);
}
