using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>
/// When a caller stops waiting. It applies whatever the broker does, and is part of the message, so that no worker computes an answer that nobody
/// waits for.
/// </summary>
/// <param name="At">The instant.</param>
/// <param name="Budget">The time to it when the request arrived.</param>
internal readonly record struct RequestDeadline(DateTimeOffset At, TimeSpan Budget)
{
    public const string Header = "X-Deadline-Ms";

    public static readonly TimeSpan Single = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Batch = TimeSpan.FromSeconds(30);

    public const int MaxMilliseconds = 60_000;

    /// <summary>Whether the question already waits and is asked once more: it is not counted a second time.</summary>
    public bool IsAskedAgain { get; init; }

    /// <summary>The time left for a message that is sent now, in milliseconds; at least one.</summary>
    public long LeftMs(TimeProvider time) => Math.Max(1, (long)(At - time.GetUtcNow()).TotalMilliseconds);

    /// <summary>The deadline in a request's header, else the default.</summary>
    public static RequestRefused? Read(HttpRequest request, TimeSpan defaultBudget, out RequestDeadline deadline)
    {
        var now = request.HttpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        deadline = new RequestDeadline(now + defaultBudget, defaultBudget);
        if (!request.Headers.TryGetValue(Header, out var values))
        {
            return null;
        }

        if (!int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds is < 1 or > MaxMilliseconds)
        {
            return new RequestRefused(RefusalReason.InvalidRequest, $"{Header} must be a whole number of milliseconds from 1 to {MaxMilliseconds}");
        }

        var budget = TimeSpan.FromMilliseconds(milliseconds);
        deadline = new RequestDeadline(now + budget, budget);
        return null;
    }
}
