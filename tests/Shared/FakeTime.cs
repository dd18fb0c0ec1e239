using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Tests;

/// <summary>Clocks that stand until a test moves them.</summary>
internal static class FakeTime
{
    public static FakeTimeProvider At(string now) => new(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
}
