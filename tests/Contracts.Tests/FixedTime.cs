using System.Globalization;

namespace Coinsphere.Messaging.Contracts.Tests;

/// <summary>A clock that stands where it is put.</summary>
internal sealed class FixedTime(string now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
}
