using Coinsphere.Messaging.Worker.Scheduling;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Tests.Scheduling;

public sealed class ScheduleOptionsTests
{
    [Theory]
    [InlineData("Schedule:Every", "6", "Schedule:Every is '6.00:00:00': expected a minute to a day, such as 06:00:00, or 0 for no schedule")]
    [InlineData("Schedule:Every", "-01:00:00", "Schedule:Every is '-01:00:00': expected a minute to a day, such as 06:00:00, or 0 for no schedule")]
    [InlineData("Schedule:Spread", "2.00:00:00", "Schedule:Spread is '2.00:00:00': expected at most a day, such as 00:05:00")]
    [InlineData("Schedule:Cron", "0 25 * * *", "Schedule:Cron is '0 25 * * *': expected minute, hour, day, month and weekday in UTC, such as '0 */6 * * *' (")]
    [InlineData(
        "Schedule:Cron", "0 0 30 2 *",
        "Schedule:Cron is '0 0 30 2 *': expected minute, hour, day, month and weekday in UTC, such as '0 */6 * * *' (it never comes)")]
    public async Task WrongValue_StopsTheStart(string key, string value, string expected)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => TestWorker.StartAsync(new TestFolder(), key, value));

        Assert.StartsWith(expected, Assert.Single(wrong.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_IsEverySixHours() => Assert.Equal(TimeSpan.FromHours(6), new ScheduleOptions().Every);
}
