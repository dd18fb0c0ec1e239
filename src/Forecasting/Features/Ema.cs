namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>A recursive exponential mean without bias adjustment: y[0] = x[0], y[i] = (1 - alpha) y[i-1] + alpha x[i], alpha = 2 / (span + 1).</summary>
internal struct Ema(int span)
{
    private readonly double _alpha = 2.0 / (span + 1);
    private double _mean = double.NaN;

    /// <summary>Takes the next value in and gives the mean so far.</summary>
    public double Next(double value)
    {
        if (double.IsNaN(_mean))
        {
            _mean = value;
        }
        else if (_mean != value)
        {
            // Skipped where both are equal: (1 - alpha) + alpha need not be 1, and a flat series would drift.
            _mean = ((1 - _alpha) * _mean) + (_alpha * value);
        }

        return _mean;
    }
}
