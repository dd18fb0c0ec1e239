namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>Cross-entropy of softmax(logits) with a target distribution, from the logits: a softmax in between would train on twice-softmaxed values.</summary>
internal static class CrossEntropy
{
    /// <summary>-sum q log p; its gradient times <paramref name="weight"/> goes to <paramref name="gradient"/>: (p - q) where q sums to 1.</summary>
    public static float Of(ReadOnlySpan<float> logits, ReadOnlySpan<float> target, Span<float> gradient, float weight)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = MathF.Max(largest, logit);
        }

        float sum = 0, mass = 0, loss = 0;
        for (var c = 0; c < logits.Length; c++)
        {
            sum += MathF.Exp(logits[c] - largest);
            mass += target[c];
        }

        var logSum = largest + MathF.Log(sum);
        for (var c = 0; c < logits.Length; c++)
        {
            loss -= target[c] * (logits[c] - logSum);
            gradient[c] = ((mass * MathF.Exp(logits[c] - logSum)) - target[c]) * weight;
        }

        return loss;
    }
}
