using System.Globalization;
using Coinsphere.Messaging.Worker.Training;

namespace Coinsphere.Messaging.Worker.Tests.Training;

public sealed class RetrainScheduleTests
{
    // 2025-03-01 is a Saturday.
    [Theory]
    [InlineData("2025-03-01T12:00:00Z", DayOfWeek.Sunday, "02:00", "2025-03-02T02:00:00Z")]
    [InlineData("2025-03-02T01:59:59Z", DayOfWeek.Sunday, "02:00", "2025-03-02T02:00:00Z")]
    [InlineData("2025-03-02T02:00:00Z", DayOfWeek.Sunday, "02:00", "2025-03-09T02:00:00Z")]
    [InlineData("2025-03-02T23:00:00+02:00", DayOfWeek.Sunday, "22:00", "2025-03-02T22:00:00Z")]
    [InlineData("2025-03-01T12:00:00Z", DayOfWeek.Friday, "00:00", "2025-03-07T00:00:00Z")]
    [InlineData("2024-12-31T12:00:00Z", DayOfWeek.Tuesday, "11:00", "2025-01-07T11:00:00Z")]
    public void Next_IsTheFirstSuchHourAfter(string after, DayOfWeek day, string at, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
        RetrainSchedule.Next(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), day, TimeOnly.Parse(at, CultureInfo.InvariantCulture)));
}
