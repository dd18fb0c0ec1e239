using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>A window of features and its outcome.</summary>
/// <param name="LastDay">The day of the window's last bar; the window contains nothing later.</param>
/// <param name="Label">The actual outcome over the horizon.</param>
/// <param name="Window">Standardised, row-major [steps, 20].</param>
public sealed record TrainingSample(DateOnly LastDay, Direction Label, float[] Window)
{
    /// <summary>[3], a teacher's probabilities for the day; see <see cref="TrainingOptions.TeacherShare"/>.</summary>
    public float[]? Teacher { get; init; }
}

/// <summary>Labels, scalers and periods of training samples.</summary>
public static class TrainingSet
{
    /// <summary>Mean and population standard deviation of every feature over the rows up to a day.</summary>
    /// <param name="tables">The features of one symbol, or of several that share a scaler.</param>
    /// <param name="lastDay">The newest day to use.</param>
    /// <param name="features">The columns that reach the network; the others get a scale of 0, which makes them zeros. Null for all.</param>
    /// <exception cref="ArgumentException">No row is that old.</exception>
    public static FeatureScaler FitScaler(IReadOnlyList<FeatureTable> tables, DateOnly lastDay, IReadOnlyCollection<int>? features = null)
    {
        var (mean, scale) = (new double[FeatureNames.Count], new double[FeatureNames.Count]);
        for (var feature = 0; feature < FeatureNames.Count; feature++)
        {
            var column = Column(tables, lastDay, feature);
            if (column.Length == 0)
            {
                throw new ArgumentException($"No feature row is of {lastDay:yyyy-MM-dd} or before, expected at least one.", nameof(lastDay));
            }

            // the mean of equal values may be off by one unit in the last place, which is not a deviation
            var isFlat = !column.AsSpan().ContainsAnyExcept(column[0]) || features?.Contains(feature) == false;
            mean[feature] = isFlat ? column[0] : Numerics.Moments.Mean(column);
            scale[feature] = isFlat ? 0 : Numerics.Moments.PopulationDeviation(column, mean[feature]);
        }

        return new(ScalerKind.ByName, mean, scale);
    }

    private static double[] Column(IReadOnlyList<FeatureTable> tables, DateOnly lastDay, int feature)
    {
        var column = new List<double>();
        foreach (var table in tables)
        {
            for (var row = 0; row < table.Rows && table.Days.Span[row] <= lastDay; row++)
            {
                column.Add(table.Row(row)[feature]);
            }
        }

        return [.. column];
    }

    /// <summary>
    /// Splits samples by time: training up to <paramref name="trainingEnd"/>, validation up to <paramref name="validationEnd"/>, and test after it.
    /// Samples whose horizon reaches beyond an end are left out, so no label of one part depends on days of the next.
    /// </summary>
    public static ChronologicalSplit Split(IReadOnlyList<TrainingSample> samples, DateOnly trainingEnd, DateOnly validationEnd, int horizon) => new(
        [.. samples.Where(s => s.LastDay.AddDays(horizon) <= trainingEnd)],
        [.. samples.Where(s => s.LastDay > trainingEnd && s.LastDay.AddDays(horizon) <= validationEnd)],
        [.. samples.Where(s => s.LastDay > validationEnd)]);
}

/// <summary>Samples of three periods, each after the one before.</summary>
public sealed record ChronologicalSplit(
    IReadOnlyList<TrainingSample> Training, IReadOnlyList<TrainingSample> Validation, IReadOnlyList<TrainingSample> Test);
