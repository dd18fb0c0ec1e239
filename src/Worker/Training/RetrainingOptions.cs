using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>Section <c>Retraining</c>.</summary>
internal sealed class RetrainingOptions
{
    public const string Section = "Retraining";

    /// <summary>Whether this worker trains: not at all, beside answering, or only.</summary>
    public TrainerRole Role { get; set; }

    /// <summary>The day of the week on which all models are retrained.</summary>
    public DayOfWeek Day { get; set; } = DayOfWeek.Sunday;

    /// <summary>The time of that day, UTC.</summary>
    public TimeOnly At { get; set; } = new(2, 0);

    /// <summary>
    /// The newest days. They are not trained on, and decide whether a new model is better. 90 days hold one block of two horizons of 30 days, a year holds
    /// five.
    /// </summary>
    [Range(30, 3650)]
    public int HeldOutDays { get; set; } = 365;

    /// <summary>The days before those, used for calibration.</summary>
    [Range(30, 3650)]
    public int ValidationDays { get; set; } = 365;

    /// <summary>Passes over the windows.</summary>
    [Range(1, 1000)]
    public int Epochs { get; set; } = 20;

    /// <summary>How many earlier models are kept, as <c>{SYMBOL}_v{n}.pth</c>, for ensembles and for rolling back.</summary>
    [Range(1, 100)]
    public int KeepVersions { get; set; } = 3;

    /// <summary>The period of the accuracy alarm: a model whose scored predictions of these days are clearly worse than the base rate is retrained.</summary>
    [Range(7, 3650)]
    public int AlarmDays { get; set; } = 60;

    /// <summary>With fewer scored predictions there is no alarm.</summary>
    [Range(1, 1_000_000)]
    public int AlarmPredictions { get; set; } = 30;
}

/// <summary>The role of a worker in training.</summary>
internal enum TrainerRole
{
    /// <summary>It does not train.</summary>
    None,

    /// <summary>It trains, and answers.</summary>
    Beside,

    /// <summary>It trains and does not answer, so that training slows down no answer.</summary>
    Only,
}
