using System.Globalization;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>
/// Ten minutes of questions and durable requests while something breaks every twenty seconds: nothing is lost, no answer is wrong, none late.
/// <c>COINSPHERE_TEST_SEED</c> repeats a run's faults and their order, <c>COINSPHERE_TEST_FAULTS</c> is how many there are (30), <c>COINSPHERE_TEST_FAULT</c>
/// strikes with one alone.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int FaultsOfTenMinutes = 30;

    private static readonly DateOnly FirstDay = new(2024, 3, 1);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);
    // What the broker's client and a busy machine need after the worst fault.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task FaultsEveryTwentySeconds_LoseNothingAndMakeNoAnswerWrongOrLate()
    {
        var seed = Number("COINSPHERE_TEST_SEED", Random.Shared.Next(1, 100_000));
        var random = new Random(seed);
        var faults = Choose(random, Number("COINSPHERE_TEST_FAULTS", FaultsOfTenMinutes));
        output.WriteLine($"seed {seed}: {string.Join(", ", faults.Select(fault => fault?.Name ?? "a model swapped"))}");

        await using var system = await RunningSystem.StartAsync();
        var questions = Question.Of(FirstDay, 40);
        var right = new RightAnswers();
        system.Serve("ETH");
        var other = ("ETH", Digest: await LearnAsync(system, right, questions, not: system.FirstModel));
        system.Serve("BTC");
        var serving = ("BTC", Digest: await LearnAsync(system, right, questions, not: other.Digest));
        var interactive = new InteractiveTraffic(system.Gateway.Http, questions, right, new Random(seed));
        interactive.ModelIs(serving.Digest);
        var durable = new DurableTraffic(system.Broker, new Random(seed), atATime: 2, TimeSpan.FromMilliseconds(250));
        await durable.ListenAsync();
        await system.Broker.FlushAsync();

        using var ended = new CancellationTokenSource();
        var traffic = Task.WhenAll(interactive.AskAsync(ended.Token), durable.PublishAsync(ended.Token));
        var calm = new List<(DateTime From, DateTime To)>();
        foreach (var fault in faults)
        {
            var next = DateTime.UtcNow + Every;
            var began = DateTime.UtcNow;
            if (fault is null)
            {
                (serving, other) = (other, serving);
                system.Serve(serving.Item1);
                interactive.ModelIs(serving.Digest);
            }
            else
            {
                var mend = await fault.BeginAsync(system);
                await PauseAsync(fault.Lasts);
                await mend();
            }

            var mended = DateTime.UtcNow;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{began:HH:mm:ss} {fault?.Name ?? "a model swapped"}, mended after {(mended - began).TotalSeconds:0.0} s; {interactive}"));
            await PauseAsync(next - DateTime.UtcNow);
            calm.Add((mended + Recovery, DateTime.UtcNow));
        }

        await ended.CancelAsync();
        await traffic;
        await Until.True(async () => (await AccountAsync(system, durable)).IsWhole, "every durable request is answered and recorded", DrainLimit);
        var account = await AccountAsync(system, durable);
        var parked = await ParkedAsync(system);
        var refusedInCalm = interactive.Refused
            .Count(refused => calm.Exists(window => refused.At > window.From && refused.At < window.To - InteractiveTraffic.Deadline));
        var summary
            = $"{interactive}, {refusedInCalm} of the refusals more than {Recovery.TotalSeconds} s after a fault was mended; {account}; {parked} parked";
        output.WriteLine(summary);
        foreach (var (at, text) in interactive.Wrong.Concat(interactive.Late).OrderBy(one => one.At).Take(20))
        {
            output.WriteLine($"{at:HH:mm:ss.fff} {text}");
        }

        Assert.Empty(interactive.Wrong);
        Assert.Empty(interactive.Late);
        // Another model makes another prediction of the same question.
        Assert.True(account.IsWhole && (account.IsSingle || faults.Contains(null)), account.ToString());
        Assert.Equal(0, parked);
        Assert.Equal(0, refusedInCalm);
        await Until.True(async () => await system.ReadinessAsync() == """{"status":"ready","reasons":[],"notes":[]}""", "the gateway is ready without a note");
        await Report.WriteAsync("soak", $"{faults.Count} faults, seed {seed}: {summary}.");
    }

    // Null is a swap of the model, which needs to be known by what compares the answers.
    private static List<Fault?> Choose(Random random, int count)
    {
        if (Environment.GetEnvironmentVariable("COINSPHERE_TEST_FAULT") is { Length: > 0 } name)
        {
            return [.. Enumerable.Repeat(Fault.All.Single(fault => fault.Name == name), count)];
        }

        var chosen = new List<Fault?>();
        while (chosen.Count < count)
        {
            Fault?[] round = [.. Fault.All, null];
            random.Shuffle(round);
            chosen.AddRange(round);
        }

        return chosen[..count];
    }

    /// <summary>Waits until another model than the given one serves, and learns its answers.</summary>
    private static async Task<string> LearnAsync(RunningSystem system, RightAnswers right, IReadOnlyList<Question> questions, string not)
    {
        var serving = "";
        await Until.True(async () => (serving = await system.ModelAsync()).Length > 0 && serving != not, "another model serves");
        await right.LearnAsync(system.Gateway.Http, questions, serving);
        return serving;
    }

    private static async Task PauseAsync(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            using var timer = new PeriodicTimer(time);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<Account> AccountAsync(RunningSystem system, DurableTraffic traffic)
    {
        var rows = await system.Database
            .ValueAsync<string>("select string_agg(concat_ws('=', features ->> 'data_as_of' || ' ' || timeframe, id), ',') from predictions");
        var recorded = (rows ?? "").Split(',').Select(row => row.Split('=')).Where(cells => cells.Length == 2).ToLookup(cells => cells[0], cells => cells[1]);
        return new Account(traffic, Durable(await traffic.HeardAsync()), Durable(recorded));

        // Those who wait ask about later days, and have their answers.
        static ILookup<string, string> Durable(ILookup<string, string> all) => all
            .SelectMany(group => group, (group, id) => (group.Key, id))
            .Where(one => DateOnly.ParseExact(one.Key[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture) < FirstDay)
            .ToLookup(one => one.Key, one => one.id);
    }

    private static async Task<int> ParkedAsync(RunningSystem system)
    {
        var lines = await system.Broker.ControlAsync("list_queues", "-p", "coinsphere", "name", "messages", "--no-table-headers");
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .Where(cells => cells[0].EndsWith("_error", StringComparison.Ordinal) || cells[0].EndsWith("_dead", StringComparison.Ordinal)
                || cells[0].EndsWith("_skipped", StringComparison.Ordinal))
            .Sum(cells => int.Parse(cells[1], CultureInfo.InvariantCulture));
    }

    private static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : standard;
}
