using System.Collections;
using Tenfold.Core.Input;

namespace Tenfold.Core.Attempts;

/// <summary>Variables of a shell that training scripts commonly read, and that a run does not get by itself.</summary>
/// <remarks>
/// A script without them takes its defaults: another cache, another seed of Python's hashes, another algorithm on a GPU. So a host names
/// those that are set. Sources: the documentation of Python, CUDA, PyTorch, TensorFlow, JAX, Hugging Face and of the trackers named here.
/// </remarks>
public static class NeededVariables
{
    private static readonly string[] Names =
    [
        "PYTHONHASHSEED", "PYTHONUTF8", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS", "CUDA_DEVICE_ORDER", "CUDA_LAUNCH_BLOCKING",
        "CUDA_MODULE_LOADING", "CUDA_CACHE_PATH", "NVIDIA_TF32_OVERRIDE", "TRITON_CACHE_DIR", "LD_PRELOAD", "MPLBACKEND", "MASTER_ADDR",
        "MASTER_PORT", "SENTENCE_TRANSFORMERS_HOME", "NLTK_DATA", "SCIKIT_LEARN_DATA", "DATASETS_CACHE", "KMP_AFFINITY", "GOTO_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS", "OMP_PROC_BIND", "OMP_PLACES", "MKL_CBWR", "MKL_DYNAMIC",
    ];

    private static readonly string[] Families =
    [
        "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "TOKENIZERS_", "DATASETS_", "DIFFUSERS_", "ACCELERATE_", "DEEPSPEED_", "TORCH_", "PYTORCH_",
        "TORCHINDUCTOR_", "CUBLAS_", "CUDNN_", "NCCL_", "XLA_", "JAX_", "TFDS_", "KERAS_", "WANDB_", "MLFLOW_", "COMET_", "CLEARML_",
        "NEPTUNE_", "KMP_", "NUMEXPR_", "NUMBA_", "RAY_", "XGBOOST_", "ROCR_", "HIP_", "HSA_", "MIOPEN_",
        // TF_ alone begins Terraform's variables too.
        "TF_CPP_", "TF_CUDNN_", "TF_DETERMINISTIC_", "TF_DISABLE_", "TF_ENABLE_", "TF_FORCE_", "TF_GPU_", "TF_NUM_", "TF_USE_", "TF_XLA_",
    ];

    /// <summary>The names of such variables that the shell has and a run does not get, in order.</summary>
    /// <param name="environment">The environment of the shell that plans the run.</param>
    /// <param name="passed">The variables that the run gets.</param>
    public static IReadOnlyList<string> NotPassed(IDictionary environment, IReadOnlyCollection<string> passed) =>
    [
        .. environment.Keys.Cast<string>()
            .Where(name => (Names.Contains(name) || Families.Any(family => name.StartsWith(family, StringComparison.Ordinal)))
                && !passed.Contains(name) && VariableNames.Fault(name) is null)
            .Order(StringComparer.Ordinal),
    ];
}
