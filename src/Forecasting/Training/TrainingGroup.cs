using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>The symbols that one network is trained for: one, or several pooled. Each has its own frequencies and calibrations.</summary>
public sealed class TrainingGroup
{
    /// <summary>The name of a network that serves symbols without one of their own. No symbol has lower-case letters.</summary>
    public const string PooledName = "pooled";

    private readonly Member[] _members;

    // Those of the last network.
    private (CryptoLstmWeights? Network, Dictionary<Member, Dictionary<DateOnly, float[]>> ByMember) _forecasts = (null, []);

    /// <param name="histories">At least one.</param>
    /// <param name="plan">The training plan.</param>
    /// <exception cref="TrainingDataException">A symbol's bars leave no window to train on, or none to validate with.</exception>
    public TrainingGroup(IReadOnlyList<LabelledHistory> histories, TrainingPlan plan)
    {
        Plan = plan;
        if (histories.FirstOrDefault(history => history.Features.Rows == 0 || history.Features.Days.Span[0] > plan.TrainingEnd) is { } young)
        {
            throw new TrainingDataException($"{young.Series.Symbol}: {Describe(young)} leave nothing to train on up to {plan.TrainingEnd:yyyy-MM-dd}");
        }

        Scaler = TrainingSet.FitScaler([.. histories.Select(history => history.Features)], plan.TrainingEnd, TrainingPlan.ScaleFree);
        var teacher = plan.Options.TeacherShare > 0 ? SoftmaxRegression.Train(histories, TrainingPlan.Horizon, plan.TrainingEnd) : null;
        _members = [.. histories.Select(history => new Member(history, Scaler, teacher, plan))];
        Training = [.. _members.SelectMany(member => member.Split.Training.Where((_, i) => i % plan.Stride == 0)).OrderBy(sample => sample.LastDay)];
        Validation = [.. _members.SelectMany(member => member.Split.Validation.Where((_, i) => i % plan.Stride == 0)).OrderBy(sample => sample.LastDay)];
        DataDigest = DigestOf(string.Join('\n', histories.Select(history => $"{history.Series.Symbol} {history.DigestUpTo(plan.ValidationEnd)}")));
        Digest = DigestOf($"{plan}\n{DataDigest}");
    }

    /// <summary>The group of those symbols that can be trained on.</summary>
    /// <param name="histories">The symbols.</param>
    /// <param name="plan">The training plan.</param>
    /// <param name="refused">Called with the reason for each symbol that cannot.</param>
    public static List<LabelledHistory> Usable(IEnumerable<LabelledHistory> histories, TrainingPlan plan, Action<string> refused)
    {
        var untaught = plan with { Options = plan.Options with { TeacherShare = 0 } };
        var usable = new List<LabelledHistory>();
        foreach (var history in histories)
        {
            try
            {
                _ = new TrainingGroup([history], untaught);
                usable.Add(history);
            }
            catch (TrainingDataException fault)
            {
                refused(fault.Message);
            }
        }

        return usable;
    }

    /// <summary>The training plan.</summary>
    public TrainingPlan Plan { get; }

    /// <summary>The windows to train on, of all symbols, oldest first.</summary>
    public IReadOnlyList<TrainingSample> Training { get; }

    /// <summary>The windows to validate with, of all symbols, oldest first.</summary>
    public IReadOnlyList<TrainingSample> Validation { get; }

    /// <summary>Fitted on the training bars of all symbols together, so that a calm symbol keeps its small values.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>SHA-256 in lower-case hex over all symbols' bars that are used in training.</summary>
    public string DataDigest { get; }

    /// <summary>SHA-256 in lower-case hex over plan and bars: equal values train the same network.</summary>
    public string Digest { get; }

    /// <summary>The state of a training that has not begun.</summary>
    public TrainingState Begin() => new(Parameters.Initial(FeatureNames.Count, Plan.HiddenSizes, Plan.Options.Seed), Plan.Options.Adam);

    /// <summary>Calibrates a network on the validation period, and scores it on the test period.</summary>
    /// <param name="network">Trained on <see cref="Training"/>.</param>
    public IReadOnlyList<TrainedSymbol> Finish(CryptoLstmWeights network)
    {
        var forecasts = Forecasts(network);
        var scales = Horizons.All.ToDictionary(horizon => horizon, horizon => CalibrationFit.Scale(
            [.. _members.SelectMany(member => Scored(member, horizon, member.Frequencies[horizon], Plan.TrainingEnd, Plan.ValidationEnd))], Plan.Penalty));
        return [.. _members.Select(member => new TrainedSymbol(member.Symbol, Scaler, DataDigest, Horizons.All.ToDictionary(
            horizon => horizon,
            horizon => Horizon(
                member.Frequencies[horizon], scales[horizon],
                (after, end) => Scored(member, horizon, member.Frequencies[horizon], after, end)))))];

        IReadOnlyList<ScoredForecast> Scored(Member member, int horizon, double[] frequencies, DateOnly after, DateOnly end) =>
            member.Scored(forecasts[member], horizon, frequencies, after, end);
    }

    /// <summary>
    /// Calibrates and scores the network for symbols that it was not trained on: with the mean of the symbols' class frequencies, over the forecasts of
    /// all of them.
    /// </summary>
    /// <param name="network">Trained on <see cref="Training"/>.</param>
    public TrainedSymbol FinishPooled(CryptoLstmWeights network)
    {
        var forecasts = Forecasts(network);
        return new(PooledName, Scaler, DataDigest, Horizons.All.ToDictionary(horizon => horizon, horizon =>
        {
            double[] frequencies = [.. Enumerable.Range(0, Classes.Count).Select(c => _members.Average(member => member.Frequencies[horizon][c]))];
            return Horizon(frequencies, CalibrationFit.Scale(Scored(Plan.TrainingEnd, Plan.ValidationEnd), Plan.Penalty), Scored);

            IReadOnlyList<ScoredForecast> Scored(DateOnly after, DateOnly end) =>
                [.. _members.SelectMany(member => member.Scored(forecasts[member], horizon, frequencies, after, end))];
        }))
        {
            Pools = string.Join(' ', _members.Select(member => member.Symbol)),
        };
    }

    private Dictionary<Member, Dictionary<DateOnly, float[]>> Forecasts(CryptoLstmWeights network)
    {
        if (_forecasts.Network != network)
        {
            var lstm = CryptoLstm.Create(network);
            _forecasts = (network, _members.ToDictionary(member => member, member => member.Forecast(lstm)));
        }

        return _forecasts.ByMember;
    }

    private TrainedHorizon Horizon(double[] frequencies, double scale, Func<DateOnly, DateOnly, IReadOnlyList<ScoredForecast>> scored)
    {
        var validation = scored(Plan.TrainingEnd, Plan.ValidationEnd);
        var calibration = CalibrationFit.ForSymbol(frequencies, scale, validation);
        return new(calibration, frequencies, Score(calibration, validation), Score(calibration, scored(Plan.ValidationEnd, Plan.Through)));
    }

    private static ScoreBesideFrequencies? Score(ClassCalibration calibration, IReadOnlyList<ScoredForecast> scored)
    {
        if (scored.Count == 0)
        {
            return null;
        }

        Direction[] outcomes = [.. scored.Select(forecast => forecast.Outcome)];
        return new(
            ForecastScore.Of([.. scored.Select(forecast => calibration.Apply(forecast.Probabilities))], outcomes),
            ForecastScore.Of([.. scored.Select(forecast => forecast.Frequencies)], outcomes));
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Describe(LabelledHistory history) => history.Series.Bars.Span is [var first, ..] bars
        ? $"{bars.Length} bars from {first.Day:yyyy-MM-dd} to {bars[^1].Day:yyyy-MM-dd}"
        : "no bars";

    private sealed class Member
    {
        private readonly LabelledHistory _history;
        private readonly TrainingSample[] _windows;

        public Member(LabelledHistory history, FeatureScaler scaler, SoftmaxRegression? teacher, TrainingPlan plan)
        {
            _history = history;
            _windows = [.. history.Windows(plan.Steps, TrainingPlan.Horizon, scaler)
                .Select(window => window with { Teacher = teacher?.Predict(history.Features, history.Features.Days.Span.BinarySearch(window.LastDay)) })];
            Split = TrainingSet.Split(_windows, plan.TrainingEnd, plan.ValidationEnd, TrainingPlan.Horizon);
            if (Split.Training.Count == 0 || Split.Validation.Count == 0)
            {
                throw new TrainingDataException(
                    $"{Symbol}: {Describe(history)} leave {Split.Training.Count} windows of {plan.Steps} days to train on "
                    + $"up to {plan.TrainingEnd:yyyy-MM-dd} and "
                    + $"{Split.Validation.Count} to validate with up to {plan.ValidationEnd:yyyy-MM-dd}, expected at least one of each");
            }

            Frequencies = Horizons.All.ToDictionary(horizon => horizon, horizon => history.FrequenciesUpTo(plan.TrainingEnd, horizon));
        }

        public string Symbol => _history.Series.Symbol;

        public ChronologicalSplit Split { get; }

        public Dictionary<int, double[]> Frequencies { get; }

        public Dictionary<DateOnly, float[]> Forecast(ICryptoLstm network) => _windows.ToDictionary(window => window.LastDay, window =>
        {
            var probabilities = new float[Classes.Count];
            network.Forward(window.Window, probabilities);
            return probabilities;
        });

        // Days after a period's end are not part of it, nor days whose horizon reaches beyond its end.
        public IReadOnlyList<ScoredForecast> Scored(
            Dictionary<DateOnly, float[]> forecasts, int horizon, double[] frequencies, DateOnly after, DateOnly end) =>
            [.. _windows.Where(window => window.LastDay > after && window.LastDay.AddDays(horizon) <= end)
                .Select(window => (window.LastDay, Outcome: _history.OutcomeOf(window.LastDay, horizon)))
                .Where(day => day.Outcome is not null)
                .Select(day => new ScoredForecast(forecasts[day.LastDay], frequencies, day.Outcome!.Value))];
    }
}

/// <summary>The symbol's own part of a trained network.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Scaler">Its group's.</param>
/// <param name="DataDigest">Its group's.</param>
/// <param name="Horizons">Calibration and scores by horizon in days.</param>
public sealed record TrainedSymbol(string Symbol, FeatureScaler Scaler, string DataDigest, IReadOnlyDictionary<int, TrainedHorizon> Horizons)
{
    /// <summary>The symbols that are pooled, separated by blanks; null for the part of one symbol.</summary>
    public string? Pools { get; init; }
}

/// <summary>A horizon's calibration, and its scores.</summary>
/// <param name="Calibration">Fitted on the validation period.</param>
/// <param name="Frequencies">[3], of the training period.</param>
/// <param name="Validation">Over the period it was fitted on, so somewhat too good; null where no horizon has closed.</param>
/// <param name="Test">Over the test period; null where no horizon has closed.</param>
public sealed record TrainedHorizon(
    ClassCalibration Calibration,
    IReadOnlyList<double> Frequencies,
    ScoreBesideFrequencies? Validation,
    ScoreBesideFrequencies? Test);

/// <summary>A model's score, and the score of the training period's frequencies.</summary>
public sealed record ScoreBesideFrequencies(ForecastScore Model, ForecastScore Frequencies)
{
    /// <summary>Above 0 where the model is better.</summary>
    public double Skill => Model.SkillAgainst(Frequencies);
}

/// <summary>A symbol has too few bars to train on. The message says what there is and what was expected.</summary>
public sealed class TrainingDataException(string message) : Exception(message);
