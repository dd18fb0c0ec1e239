using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;

namespace Coinsphere.Messaging.Forecasting.Tests.Accuracy;

/// <summary>The alarm on invented markets: closes of 15 symbols that share half of their moves, in calm and wild months.</summary>
public sealed class SkillAlarmTests
{
    private const int Symbols = 15;
    private const int Period = 60;
    private static readonly DateOnly First = new(2019, 1, 1);
    private static readonly int[] Orders = [0, 1, 2];

    [Fact]
    public void SoundModel_RaisesItInAtMostOneWeekOfTwenty()
    {
        var (weeks, raised) = (0, 0);
        for (var seed = 0; seed < 4; seed++)
        {
            var market = new Market(seed, 700);
            for (var day = 200; day < 700; day += 7, weeks++)
            {
                raised += SkillAlarm.IsRaised(market.Excess(day, badFrom: int.MaxValue)) ? 1 : 0;
            }
        }

        Assert.InRange(raised, 0, weeks / 20);
    }

    [Fact]
    public void ShuffledProbabilities_AreFoundWithinEightWeeks_InFourOfFiveCases()
    {
        var found = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var market = new Market(100 + seed, 400);
            found += Enumerable.Range(1, 8).Any(week => SkillAlarm.IsRaised(market.Excess(300 + (7 * week), badFrom: 300))) ? 1 : 0;
        }

        Assert.InRange(found, 32, 40);
    }

    [Fact]
    public void FewDays_HoweverBad_RaiseNothing()
    {
        var excess = new PairedGains();
        for (var i = 0; i < 28; i++)
        {
            excess.Add(First.AddDays(i), 7, 1);
        }

        Assert.False(SkillAlarm.IsRaised(excess));
        excess.Add(First.AddDays(28), 7, 1);
        Assert.True(SkillAlarm.IsRaised(excess));
    }

    [Fact]
    public void ExcessThatIsCertainButSmall_RaisesNothing()
    {
        var excess = new PairedGains();
        for (var i = 0; i < 60; i++)
        {
            excess.Add(First.AddDays(i), 7, 0.01);
        }

        Assert.False(SkillAlarm.IsRaised(excess));
    }

    // The base rate is that of the whole market. The model knows it a little wrongly, as one of earlier years does.
    private sealed class Market
    {
        private readonly double[][] _logs;
        private readonly Random _random;
        private readonly Dictionary<int, double[]> _rates;

        public Market(int seed, int days)
        {
            _random = new Random(seed);
            _logs = [.. Enumerable.Range(0, Symbols).Select(_ => new double[days])];
            for (var day = 1; day < days; day++)
            {
                var size = 0.03 * (1 + (0.5 * Math.Sin(day / 45.0)));
                var shared = Step();
                foreach (var log in _logs)
                {
                    log[day] = log[day - 1] + (size * (shared + Step()));
                }
            }

            _rates = Horizons.All.ToDictionary(horizon => horizon, horizon => Enumerable.Range(0, 3).Select(c =>
                _logs.Average(log => Enumerable.Range(0, days - horizon).Average(day => (int)Outcome(log, day, horizon) == c ? 1.0 : 0))).ToArray());
        }

        public PairedGains Excess(int today, int badFrom)
        {
            var excess = new PairedGains();
            foreach (var horizon in Horizons.All)
            {
                var sound = _rates[horizon].Zip([0.02, 0.01, -0.03], (rate, error) => rate + error).ToArray();
                for (var day = today - horizon - Period + 1; day <= today - horizon; day++)
                {
                    foreach (var log in _logs)
                    {
                        var order = Orders.ToArray();
                        if (day >= badFrom)
                        {
                            _random.Shuffle(order);
                        }

                        var outcome = Outcome(log, day, horizon);
                        excess.Add(First.AddDays(day), horizon, ForecastScore.BrierOf([.. order.Select(c => sound[c])], outcome)
                            - ForecastScore.BrierOf(_rates[horizon], outcome));
                    }
                }
            }

            return excess;
        }

        private double Step() => (_random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 1.5) * 1.4;

        private static Direction Outcome(double[] log, int day, int horizon) => Forecasting.Answers.Outcome.Of(1, Math.Exp(log[day + horizon] - log[day]));
    }
}
