using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>When a caller stops waiting. It holds whatever the broker does, and travels in the message so that nobody works for nobody.</summary>
/// <param name="At">The instant.</param>
/// <param name="Budget">How long that was when the request came.</param>
internal readonly record struct RequestDeadline(DateTimeOffset At, TimeSpan Budget)
{
    public const string Header = "X-Deadline-Ms";

    public static readonly TimeSpan Single = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Batch = TimeSpan.FromSeconds(30);

    private const int MaxMilliseconds = 60_000;

    /// <summary>Whether the question waits already and is asked once more: it takes no second place among those that wait.</summary>
    public bool IsAskedAgain { get; init; }

    /// <summary>What is left of it for a message that is sent now, in milliseconds: at least one, since a message that has none left is never sent.</summary>
    public long LeftMs(TimeProvider time) => Math.Max(1, (long)(At - time.GetUtcNow()).TotalMilliseconds);

    /// <summary>The deadline a request names in its header, else the default after now.</summary>
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
