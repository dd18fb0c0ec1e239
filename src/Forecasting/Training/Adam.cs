namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>How weights are pulled towards zero.</summary>
public enum WeightDecayKind
{
    /// <summary>As in AdamW: weights shrink by learning rate * decay, apart from the gradient.</summary>
    Decoupled,

    /// <summary>As in Adam: decay * weight is added to the gradient.</summary>
    L2,
}

/// <summary>Adam's settings, PyTorch's defaults.</summary>
/// <param name="WeightDecay">0 for none.</param>
/// <param name="DecayKind">What the decay does.</param>
/// <param name="Beta1">Share of the first moment kept at each step.</param>
/// <param name="Beta2">Share of the second moment kept at each step.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
public sealed record AdamOptions(
    double WeightDecay = 0, WeightDecayKind DecayKind = WeightDecayKind.Decoupled, double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8);

/// <summary>Adam (Kingma and Ba, 2015) with bias correction, as PyTorch computes it.</summary>
/// <param name="options">Its settings.</param>
/// <param name="count">Number of parameters.</param>
public sealed class Adam(AdamOptions options, int count)
{
    /// <summary>exp_avg, [count].</summary>
    public float[] FirstMoments { get; } = new float[count];

    /// <summary>exp_avg_sq, [count].</summary>
    public float[] SecondMoments { get; } = new float[count];

    /// <summary>Steps made.</summary>
    public int Steps { get; private set; }

    /// <summary>Its settings.</summary>
    public AdamOptions Options => options;

    /// <summary>Continues from the state of another optimizer.</summary>
    public void Restore(int steps, ReadOnlySpan<float> firstMoments, ReadOnlySpan<float> secondMoments)
    {
        firstMoments.CopyTo(FirstMoments);
        secondMoments.CopyTo(SecondMoments);
        Steps = steps;
    }

    /// <summary>Moves the parameters by one step against the gradient.</summary>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradients, double learningRate)
    {
        Steps++;
        var stepSize = (float)(learningRate / (1 - Math.Pow(options.Beta1, Steps)));
        var correction = (float)Math.Sqrt(1 - Math.Pow(options.Beta2, Steps));
        var (beta1, beta2, epsilon) = ((float)options.Beta1, (float)options.Beta2, (float)options.Epsilon);
        var (keep1, keep2) = ((float)(1 - options.Beta1), (float)(1 - options.Beta2));
        var decoupled = options.DecayKind == WeightDecayKind.Decoupled;
        var shrink = decoupled ? (float)(1 - (learningRate * options.WeightDecay)) : 1;
        var l2 = decoupled ? 0 : (float)options.WeightDecay;
        for (var i = 0; i < parameters.Length; i++)
        {
            var value = parameters[i] * shrink;
            var gradient = gradients[i] + (l2 * value);
            var first = (beta1 * FirstMoments[i]) + (keep1 * gradient);
            var second = (beta2 * SecondMoments[i]) + (keep2 * gradient * gradient);
            FirstMoments[i] = first;
            SecondMoments[i] = second;
            parameters[i] = value - (stepSize * first / ((MathF.Sqrt(second) / correction) + epsilon));
        }
    }
}
