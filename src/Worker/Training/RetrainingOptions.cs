using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>Section <c>Retraining</c>.</summary>
internal sealed class RetrainingOptions
{
    public const string Section = "Retraining";

    /// <summary>Whether this worker trains: not at all, beside answering, or only.</summary>
    public TrainerRole Role { get; set; }

    /// <summary>The day of the week on which all models are trained anew.</summary>
    public DayOfWeek Day { get; set; } = DayOfWeek.Sunday;

    /// <summary>The time of that day, UTC.</summary>
    public TimeOnly At { get; set; } = new(2, 0);

    /// <summary>The newest days, which nothing is learnt from and which decide whether a new model is better.</summary>
    [Range(30, 3650)]
    public int HeldOutDays { get; set; } = 90;

    /// <summary>The days before those, which calibrate.</summary>
    [Range(30, 3650)]
    public int ValidationDays { get; set; } = 365;

    /// <summary>Passes over the windows.</summary>
    [Range(1, 1000)]
    public int Epochs { get; set; } = 20;

    /// <summary>How many former models stay, as <c>{SYMBOL}_v{n}.pth</c>, for ensembles and to go back to.</summary>
    [Range(1, 100)]
    public int KeepVersions { get; set; } = 3;

    /// <summary>A symbol whose scored predictions of so many days are worse than the base rate is trained anew.</summary>
    [Range(7, 3650)]
    public int AlarmDays { get; set; } = 90;

    /// <summary>Fewer scored predictions raise no alarm.</summary>
    [Range(1, 1_000_000)]
    public int AlarmPredictions { get; set; } = 30;
}

/// <summary>What a worker does of training.</summary>
internal enum TrainerRole
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It trains, and answers.</summary>
    Beside,

    /// <summary>It trains and answers nothing, so that training slows down no answer.</summary>
    Only,
}
