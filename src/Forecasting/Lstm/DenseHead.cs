namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>probabilities = softmax(fc2 . relu(fc1 . h + b1) + b2): a thousandth of the model's work, so one plain version serves every kernel.</summary>
internal sealed class DenseHead(LinearWeights fc1, LinearWeights fc2)
{
    /// <param name="hidden">[fc1 inputs]: the last layer's hidden state after the last step.</param>
    /// <param name="middle">Scratch, [fc1 outputs].</param>
    /// <param name="probabilities">Receives [fc2 outputs].</param>
    public void Forward(ReadOnlySpan<float> hidden, Span<float> middle, Span<float> probabilities)
    {
        Linear(fc1, hidden, middle);
        for (var i = 0; i < middle.Length; i++)
        {
            middle[i] = MathF.Max(middle[i], 0);
        }

        Linear(fc2, middle, probabilities);
        Softmax(probabilities);
    }

    /// <summary>Values of scratch that <see cref="Forward"/> needs.</summary>
    public int MiddleSize => fc1.Outputs;

    private static void Linear(LinearWeights linear, ReadOnlySpan<float> x, Span<float> y)
    {
        for (var row = 0; row < linear.Outputs; row++)
        {
            var sum = linear.Bias[row];
            var weights = linear.Weights.AsSpan(row * linear.Inputs, linear.Inputs);
            for (var column = 0; column < weights.Length; column++)
            {
                sum += weights[column] * x[column];
            }

            y[row] = sum;
        }
    }

    private static void Softmax(Span<float> values)
    {
        // less the largest value, so that no exponential overflows
        var largest = float.NegativeInfinity;
        foreach (var value in values)
        {
            largest = MathF.Max(largest, value);
        }

        var sum = 0f;
        foreach (ref var value in values)
        {
            value = MathF.Exp(value - largest);
            sum += value;
        }

        foreach (ref var value in values)
        {
            value /= sum;
        }
    }
}
