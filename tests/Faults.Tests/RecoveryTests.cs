using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>
/// How long it takes until a fault is told and until answers are back, measured three times a fault.
/// </summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Times = 3;

    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Those that keep anybody from being answered.
    private static readonly string[] Measured =
    [
        "the broker killed", "the broker frozen", "the broker in memory alarm", "a worker killed", "Redis killed", "Redis frozen",
        "the database refusing connections",
    ];

    [Fact]
    public async Task AnswersAreBack_SoonAfterAFaultIsMended()
    {
        await using var system = await RunningSystem.StartAsync();
        var questions = Question.Of(new DateOnly(2021, 1, 1), 1200);
        var asked = 0;
        var table = new StringBuilder(
            "| fault | readiness tells of it after | slowest call meanwhile (deadline 0.5 s) | answers again after it is mended |\n|---|---|---|---|\n");
        foreach (var fault in Fault.All.Where(fault => Measured.Contains(fault.Name)))
        {
            var (told, slowest, back) = (new List<TimeSpan?>(), TimeSpan.Zero, new List<TimeSpan>());
            for (var time = 0; time < Times; time++)
            {
                await AnsweredAsync();
                var before = await system.ReadinessAsync();
                var began = Stopwatch.GetTimestamp();
                var mend = await fault.BeginAsync(system);
                TimeSpan? after = null;
                while (Stopwatch.GetElapsedTime(began) < fault.Lasts + TimeSpan.FromSeconds(3))
                {
                    var (_, took) = await AskAsync();
                    slowest = took > slowest ? took : slowest;
                    after ??= await system.ReadinessAsync() != before ? Stopwatch.GetElapsedTime(began) : null;
                }

                told.Add(after);
                await mend();
                var mended = Stopwatch.GetTimestamp();
                await AnsweredAsync();
                back.Add(Stopwatch.GetElapsedTime(mended));
                var now = "";
                await Until.True(
                    async () => (now = await system.ReadinessAsync()) == before,
                    () => $"{fault.Name}: readiness is as before, {before}, found {now}",
                    Limit);
            }

            table.Append(
                CultureInfo.InvariantCulture,
                $"| {fault.Name} | {Range(told)} | {slowest.TotalSeconds:0.00} s | {Range([.. back.Select(took => (TimeSpan?)took)])} |\n");
            Assert.True(slowest < 2 * Deadline + TimeSpan.FromSeconds(1), $"{fault.Name}: a call took {slowest}");
        }

        output.WriteLine(table.ToString());
        await Report.WriteAsync("recovery", table.ToString());

        async Task<(HttpStatusCode Status, TimeSpan Took)> AskAsync()
        {
            using var request = questions[asked++ % questions.Count].Request();
            request.Headers.Add("X-Deadline-Ms", Deadline.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
            var started = Stopwatch.GetTimestamp();
            using var response = await system.Gateway.Http.SendAsync(request);
            return (response.StatusCode, Stopwatch.GetElapsedTime(started));
        }

        Task AnsweredAsync() => Until.True(async () => (await AskAsync()).Status == HttpStatusCode.OK, "a question is answered", Limit);
    }

    private static string Range(List<TimeSpan?> times)
    {
        var known = times.OfType<TimeSpan>().Order().ToArray();
        return known.Length == 0 ? "not told" : string.Create(CultureInfo.InvariantCulture, $"{known[0].TotalSeconds:0.00} to {known[^1].TotalSeconds:0.00} "
            + $"s{(known.Length < times.Count ? $", {times.Count - known.Length} times not told" : "")}");
    }
}
