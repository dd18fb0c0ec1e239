using System.Globalization;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

/// <summary>A clock that stands where it is put. Time goes on while it stands, and by as much as it is put forward.</summary>
internal sealed class FixedTime(string now) : TimeProvider
{
    private readonly DateTimeOffset _start = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);

    public DateTimeOffset Now { get; set; } = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => base.GetTimestamp() + (long)((Now - _start).TotalSeconds * TimestampFrequency);
}
