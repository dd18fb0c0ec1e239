using System.Globalization;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>
/// How often promotion and alarm are right, on networks that were trained every half year and know nothing of the days after. Prints Markdown tables.
/// </summary>
internal sealed class Evidence
{
    private const int HalfYear = 182;
    private const int HeldOut = 2 * HalfYear;
    private const int AlarmDays = 60;
    private const int Starts = 200;
    private const double GateLevel = 0.9;
    private static readonly DateOnly FirstAlarm = new(2019, 1, 1);
    private static readonly DateOnly Last = new(2024, 12, 31);

    // What becomes of the three probabilities of an answer: a position of each, drawn for every answer or the same for all.
    private static readonly (string Name, Func<Random, int[]> Order)[] Shuffles =
    [
        ("in a random order, another one in each answer", random => Drawn(random)),
        ("each class has the next one's", _ => [1, 2, 0]),
        ("each class has the last one's", _ => [2, 0, 1]),
        ("neutral and bullish are exchanged", _ => [0, 2, 1]),
        ("bearish and bullish are exchanged", _ => [2, 1, 0]),
    ];

    private readonly Dictionary<string, LabelledHistory> _histories;
    private readonly Dictionary<(string Symbol, int Horizon), IReadOnlyDictionary<DateOnly, double[]>> _baseRates;
    private readonly List<PastNetwork> _networks = [];

    public Evidence(IReadOnlyList<LabelledHistory> histories)
    {
        _histories = histories.ToDictionary(history => history.Series.Symbol, StringComparer.Ordinal);
        _baseRates = histories.SelectMany(history => Horizons.All.Select(horizon => (history, horizon))).ToDictionary(
            pair => (pair.history.Series.Symbol, pair.horizon), pair => new Outcomes(pair.history.Series).FrequenciesByDay(pair.horizon));
        for (var day = FirstAlarm.AddDays(-HeldOut - 1); day.AddDays(HeldOut) < Last; day = day.AddDays(HalfYear))
        {
            Console.Error.WriteLine(FormattableString.Invariant($"trained to {day:yyyy-MM-dd}"));
            _networks.Add(PastNetwork.Train(histories, day));
        }
    }

    public void Report()
    {
        ReportGate();
        ReportAlarm();
    }

    // Every network against every older one, decided at the end of its held-out days, and judged by the half year after them.
    private void ReportGate()
    {
        Console.WriteLine("| held-out days | rule | decisions | promoted | better in the next half year | mean gain there | kept | better, but kept |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var days in new[] { HalfYear / 2, HalfYear, HeldOut })
        {
            var decisions = new List<(double Mean, double Lower, double After)>();
            foreach (var (serving, candidate) in _networks.SelectMany((serving, i) => _networks.Skip(i + 1).Select(candidate => (serving, candidate))))
            {
                var end = candidate.SeenThrough.AddDays(days);
                var after = Gains(serving, candidate, end, end.AddDays(HalfYear + Horizons.All[^1]));
                if (end.AddDays(HalfYear) <= Last && Gains(serving, candidate, candidate.SeenThrough, end) is { Mean: { } mean } gains
                    && gains.Together(GateLevel) is { } bounds)
                {
                    decisions.Add((mean, bounds.Gain.Lower, after.Mean!.Value));
                }
            }

            Row("lower mean", decisions.ToLookup(decision => decision.Mean > 0, decision => decision.After));
            Row("lower bound above 0", decisions.ToLookup(decision => decision.Lower > 0, decision => decision.After));

            void Row(string rule, ILookup<bool, double> promoted) => Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {days} | {rule} | {decisions.Count} | {promoted[true].Count()} | {promoted[true].Count(gain => gain > 0)} | "
                    + $"{promoted[true].DefaultIfEmpty().Average():F4} | {promoted[false].Count()} | {promoted[false].Count(gain => gain > 0)} |"));
        }

        var random = new Random(1);
        Console.WriteLine();
        foreach (var (name, order) in Shuffles)
        {
            var restored = _networks.Count(network => Gains(
                Shuffled(network, order, random), network, network.SeenThrough, network.SeenThrough.AddDays(HeldOut)).Together(GateLevel)?.Gain.Lower > 0);
            Console.WriteLine($"Shuffled ({name}): the good one is promoted over it {restored} of {_networks.Count} times");
        }

        Console.WriteLine();
    }

    private void ReportAlarm()
    {
        // What served on each day: the newest network that may be promoted by then.
        var served = new List<(ForecastOf Of, double[] Forecast)>();
        foreach (var network in _networks)
        {
            var from = network.SeenThrough.AddDays(HeldOut);
            served.AddRange(
                network.Forecasts.Where(pair => pair.Key.Day > from && pair.Key.Day <= from.AddDays(HalfYear)).Select(pair => (pair.Key, pair.Value)));
        }

        Console.WriteLine("| alarm over | weeks | with an alarm |");
        Console.WriteLine("|---|---|---|");
        FalseAlarms("all symbols together", [served]);
        FalseAlarms("each symbol alone", [.. served.GroupBy(forecast => forecast.Of.Symbol).Select(group => group.ToList())]);
        Console.WriteLine();
        Console.WriteLine("| probabilities | mean excess in Brier score | found within 8 weeks, as a new model | as the same model |");
        Console.WriteLine("|---|---|---|---|");
        var random = new Random(2);
        var good = Daily(served, excess => excess);
        foreach (var (name, order) in Shuffles)
        {
            var bad = Daily(served, forecast => Permuted(forecast, order(random)));
            var (alone, mixed) = (0, 0);
            for (var i = 0; i < Starts; i++)
            {
                var start = FirstAlarm.AddDays(AlarmDays + random.Next(Last.DayNumber - FirstAlarm.DayNumber - AlarmDays - 60));
                alone += IsFound(start, day => day < start ? null : bad) ? 1 : 0;
                mixed += IsFound(start, day => day < start ? good : bad) ? 1 : 0;
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {bad.Values.SelectMany(day => day).Average(one => one.Excess):F4} | {(double)alone / Starts:P0} | {(double)mixed / Starts:P0} |"));
        }
    }

    private void FalseAlarms(string name, List<List<(ForecastOf Of, double[] Forecast)>> groups)
    {
        var (weeks, raised) = (0, 0);
        foreach (var daily in groups.Select(group => Daily(group, forecast => forecast)))
        {
            for (var week = daily.Keys.Min().AddDays(Horizons.All[0]); week <= Last.AddDays(-6); week = week.AddDays(7))
            {
                weeks++;
                raised += Enumerable.Range(0, 7).Any(i => SkillAlarm.IsRaised(Excess(week.AddDays(i), _ => daily))) ? 1 : 0;
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {weeks} | {(double)raised / weeks:P1} |"));
    }

    private static bool IsFound(DateOnly start, Func<DateOnly, Dictionary<DateOnly, List<ScoredExcess>>?> of) =>
        Enumerable.Range(1, 56).Any(i => SkillAlarm.IsRaised(Excess(start.AddDays(i), of)));

    // What the alarm reads on a day: the forecasts whose horizon closed in its period.
    private static PairedGains Excess(DateOnly today, Func<DateOnly, Dictionary<DateOnly, List<ScoredExcess>>?> of)
    {
        var excess = new PairedGains();
        for (var day = today.AddDays(-AlarmDays - Horizons.All[^1] + 1); day < today; day = day.AddDays(1))
        {
            foreach (var (horizon, value) in of(day)?.GetValueOrDefault(day) ?? [])
            {
                if (day.AddDays(horizon) <= today && day.AddDays(horizon) > today.AddDays(-AlarmDays))
                {
                    excess.Add(day, horizon, value);
                }
            }
        }

        return excess;
    }

    private Dictionary<DateOnly, List<ScoredExcess>> Daily(List<(ForecastOf Of, double[] Forecast)> forecasts, Func<double[], double[]> change) =>
        forecasts.GroupBy(forecast => forecast.Of.Day).ToDictionary(day => day.Key, day => day.Select(forecast => new ScoredExcess(
            forecast.Of.Horizon, Brier(forecast.Of, change(forecast.Forecast)) - Brier(forecast.Of, BaseRate(forecast.Of)))).ToList());

    private double[] BaseRate(ForecastOf of) => _baseRates[(of.Symbol, of.Horizon)][of.Day];

    private PairedGains Gains(PastNetwork serving, PastNetwork candidate, DateOnly after, DateOnly end)
    {
        var gains = new PairedGains();
        foreach (var (of, forecast) in candidate.Forecasts)
        {
            if (of.Day > after && of.Day.AddDays(of.Horizon) <= end && serving.Forecasts.TryGetValue(of, out var other))
            {
                gains.Add(of.Day, of.Horizon, Brier(of, other) - Brier(of, forecast));
            }
        }

        return gains;
    }

    private double Brier(ForecastOf of, double[] forecast) => ForecastScore.BrierOf(forecast, _histories[of.Symbol].OutcomeOf(of.Day, of.Horizon)!.Value);

    private static PastNetwork Shuffled(PastNetwork network, Func<Random, int[]> order, Random random) =>
        network with { Forecasts = network.Forecasts.ToDictionary(pair => pair.Key, pair => Permuted(pair.Value, order(random))) };

    private static double[] Permuted(double[] forecast, int[] order) => [.. order.Select(from => forecast[from])];

    private static int[] Drawn(Random random)
    {
        int[] order = [0, 1, 2];
        random.Shuffle(order);
        return order;
    }

    private readonly record struct ScoredExcess(int Horizon, double Excess);
}
