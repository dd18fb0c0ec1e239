using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Turns the newest rows of a feature table into what the model is fed.</summary>
public static class FeatureWindow
{
    /// <summary>
    /// The last <paramref name="steps"/> rows, standardised: row-major [steps, 20], computed in double and cast last. With a scaler
    /// (x - mean) / scale, and 0 where the scale is 0; without, minus the window's own mean, divided by (its population std + 1e-8).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The table has fewer rows; see <see cref="FeatureTable.Rows"/>.</exception>
    public static float[] Standardise(FeatureTable table, int steps, FeatureScaler? scaler)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, table.Rows);

        var rows = table.Values.Span[^(steps * FeatureNames.Count)..]; // [steps, 20]
        var window = new float[rows.Length];
        var values = new double[steps];
        for (var feature = 0; feature < FeatureNames.Count; feature++)
        {
            for (var step = 0; step < steps; step++)
            {
                values[step] = rows[(step * FeatureNames.Count) + feature];
            }

            var (mean, scale) = scaler is null ? OwnScale(values) : (scaler.Mean[feature], scaler.Scale[feature]);
            for (var step = 0; step < steps; step++)
            {
                window[(step * FeatureNames.Count) + feature] = scale == 0 ? 0 : (float)((values[step] - mean) / scale);
            }
        }

        return window;
    }

    // The mean of equal values may be off by one unit in the last place, which for large ones would divide to far more than 0.
    private static (double Mean, double Scale) OwnScale(ReadOnlySpan<double> values)
    {
        if (!values.ContainsAnyExcept(values[0]))
        {
            return (values[0], 0);
        }

        var mean = Moments.Mean(values);
        return (mean, Moments.PopulationDeviation(values, mean) + 1e-8);
    }
}
