using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Tells of refused requests: the first few of a reason in a minute one by one, the rest of the minute in one line. What is refused by the thousand a second
/// needs no line each; at level Debug each has one.
/// </summary>
public sealed partial class RefusalLog(TimeProvider time, ILogger<RefusalLog> logger) : IDisposable
{
    private const int ToldOneByOne = 5;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private ITimer? _end;

    /// <summary>A request was refused.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="refusal">Why it got no answer.</param>
    /// <param name="requestId">The id that its sender knows it by.</param>
    public void Refused(string question, RequestRefused refusal, string? requestId)
    {
        // A reason's name in JSON, as metrics and callers have it.
        var reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.Reason.ToString());
        if (Count(reason) <= ToldOneByOne)
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
        KeyValuePair<string, long>[] untold;
        lock (_lock)
        {
            untold = [.. _counts.Where(count => count.Value > ToldOneByOne).Select(count => KeyValuePair.Create(count.Key, count.Value - ToldOneByOne))];
            _counts.Clear();
        }

        if (untold.Length > 0)
        {
            var sum = untold.Sum(count => count.Value);
            var reasons = string.Join(", ", untold.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value}")));
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
