using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Scheduled requests: those with the header <see cref="Endpoints.ScheduledHeader"/>, which names their run.</summary>
internal sealed class ScheduledRefusals
{
    // Anybody may set the header.
    private const int MaxKnown = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Symbol, RefusalReason Reason), string> _runs = [];

    /// <summary>The run of a scheduled request; null for any other request.</summary>
    public static string? RunOf(ConsumeContext context) => context.Headers.Get<string>(Endpoints.ScheduledHeader);

    /// <summary>Whether the request is scheduled and has not been tried before. After an earlier try, its answer may be cached and not yet published.</summary>
    public static bool IsFirstTry(ConsumeContext context) =>
        RunOf(context) is not null && !context.ReceiveContext.Redelivered && context.GetRetryAttempt() == 0;

    /// <summary>Whether to log a refusal: of a scheduled request, the first of its symbol and reason in a run.</summary>
    public bool IsToLog(ConsumeContext context, string symbol, RefusalReason reason)
    {
        if (RunOf(context) is not { } run)
        {
            return true;
        }

        lock (_lock)
        {
            if (_runs.Count >= MaxKnown)
            {
                _runs.Clear();
            }

            var before = _runs.GetValueOrDefault((symbol, reason));
            _runs[(symbol, reason)] = run;
            return before != run;
        }
    }
}
